"""What figures tell of a field, and how a count is estimated."""
