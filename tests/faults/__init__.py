"""What fails on the way: PostgreSQL gone, connections reset, a wire that swallows everything."""
