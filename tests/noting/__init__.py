"""What is noted of contacts is what happened to them: every write, held against the rows before and after."""
