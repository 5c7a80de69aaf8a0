"""How much callers may ask, each limit checked before any work is done."""
