"""Labels."""

from functools import lru_cache

import strawberry

from app.filters import catalog
from app.filters.ids import to_global
from app.graphql.types.node import Node


@strawberry.type(description="A tag on contacts.")
class Label(Node):
    """A tag on contacts."""

    name: str


@lru_cache(maxsize=4096)
def label_type(label: catalog.Label) -> Label:
    """A catalog's label as the world sees it."""
    return Label(id=strawberry.ID(to_global("Label", label.id)), name=label.name)
