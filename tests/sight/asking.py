"""Who asks in tests of what is told beside GraphQL."""

from app.filters.catalog import Catalog
from app.graphql.context import Context
from app.queries.acts import Actor
from app.queries.tokens import Bearer


def asking(catalog: Catalog) -> Context:
    """A reader of the workspace."""
    return Context(Bearer(catalog.workspace_id, 1, frozenset({"read"}), Actor()), catalog)
