"""Who did something, as far as whoever asks may know it."""

from app.graphql.context import Context
from app.queries.actors import Author

AUTHOR = (
    "The token's name, or `operator` for the command line; an identity provider's subject only for who may read the "
    "audit log, else null."
)


def author_name(author: Author, context: Context) -> str | None:
    """What it is called; a subject, who may be a person, only to those who may read the audit log."""
    return author.name if context.bearer.may("admin") else author.public_name
