"""The object types, one module a noun."""
