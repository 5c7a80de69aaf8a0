"""Webhooks: what is kept of them, the messages that wait for them, and what became of each."""
