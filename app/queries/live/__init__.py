"""What the live engine asks and writes, and what is read of what it wrote."""
