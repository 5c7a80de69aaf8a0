"""THE LANGUAGE: what a filter may say, and what it means. Standard library only."""
