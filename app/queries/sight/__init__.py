"""What a filter does to the contacts, and to one of them, condition by condition."""
