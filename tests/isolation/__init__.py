"""One workspace never sees another: every door, walked with the other's ids and words."""
