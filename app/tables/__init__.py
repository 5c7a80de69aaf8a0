"""THE SHELVES: Tortoise models, one file a noun. Their real keys are in the migrations."""
