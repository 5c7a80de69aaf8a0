"""A filter looked into: its nodes, how many contacts each has, and why one is in."""
