"""The live engine: who is in which segment is kept, and every change of it told."""
