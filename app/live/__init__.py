"""THE HEARTBEAT: what changed, who entered and left, what follows."""
