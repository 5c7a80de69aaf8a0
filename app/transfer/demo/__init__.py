"""The demo: a workspace to try things in."""
