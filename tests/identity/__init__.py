"""Proofs of who is let in."""
