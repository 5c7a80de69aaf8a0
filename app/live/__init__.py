"""THE HEARTBEAT: what changed, who entered and left segments, and what follows from that."""
