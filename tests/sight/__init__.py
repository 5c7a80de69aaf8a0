"""Breakdown, explanation, comparison and overlap."""
