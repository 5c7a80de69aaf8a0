"""What a segment's name says, held against its filter; and a name that says what the filter does."""
