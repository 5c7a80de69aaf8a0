"""How long a side door waits for who is on the other side of it."""

STALL_SECONDS = 60.0
BODY_SECONDS = 60.0
