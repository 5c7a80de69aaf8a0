"""THE SIDE DOORS: plain HTTP beside GraphQL."""
