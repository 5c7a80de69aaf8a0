"""THE DOOR: the GraphQL schema and how it is served. What the world sees."""
