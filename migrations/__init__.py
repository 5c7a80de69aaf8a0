"""Tortoise migrations, in the order of their names."""
