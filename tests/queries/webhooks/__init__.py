"""Webhooks as they are kept, and the queue of their messages."""
