"""Messages to webhooks, and who receives them."""
