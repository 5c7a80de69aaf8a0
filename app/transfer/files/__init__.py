"""What a file is: stored as it came, read as rows in UTF-8, part by part."""
