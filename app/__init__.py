"""Pilah."""
