"""Contacts that a partner makes or changes many at a time, each item answered by itself."""
