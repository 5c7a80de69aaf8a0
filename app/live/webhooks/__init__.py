"""Messages to webhooks: signed, sent in order, tried again, and given up in the end."""
