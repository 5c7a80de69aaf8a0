"""Files in, and made people."""
