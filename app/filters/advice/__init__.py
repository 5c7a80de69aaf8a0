"""Advice on a filter: what its own parts say of each other, the filters that follow from it, and its name."""
