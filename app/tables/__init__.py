"""THE SHELVES: Tortoise models, one file a noun. Their real keys are (workspace_id, id); see the migrations."""
