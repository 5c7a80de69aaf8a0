"""The formats that files come in: told apart, and read as text in UTF-8 or as rows."""
