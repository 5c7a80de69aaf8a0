"""The product as clients out of npm and a browser meet it."""
