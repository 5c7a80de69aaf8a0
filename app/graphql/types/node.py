"""Anything that has an id of its own."""

import strawberry


@strawberry.interface(description="Anything that has an id of its own.")
class Node:
    """Anything that has an id of its own."""

    id: strawberry.ID = strawberry.field(description="Opaque; the same for as long as the thing exists.")
