"""THE TRANSLATOR: from a checked filter to a SQL condition. Builds, never runs."""

from app.compile.conditions import Scope, condition

__all__ = ["Scope", "condition"]
