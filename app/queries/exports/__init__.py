"""Contacts on their way out: copied by PostgreSQL itself, at once or in the background."""
