"""Imports of files: their ledger, their staged rows, the merge, what was refused, and the way back."""
