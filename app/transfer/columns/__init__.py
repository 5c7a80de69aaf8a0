"""What each column of a file becomes, and the forms in which other tools write values."""
