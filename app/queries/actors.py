"""Who did something, as it is kept beside what was done: the kind of actor, and what it is called."""

from dataclasses import dataclass
from typing import Final

from asyncpg import Record

from app.queries.acts import ActorKind, acting

OPERATOR: Final = "operator"

_KIND_OF: Final = (
    "CASE WHEN {table}.token_id IS NOT NULL THEN 'TOKEN' WHEN {table}.subject IS NOT NULL THEN 'SUBJECT' "
    "ELSE 'OPERATOR' END AS actor_kind"
)
_CALLED: Final = (
    "(SELECT name FROM token WHERE token.workspace_id = {table}.workspace_id AND token.id = {table}.token_id) "
    "AS token_name"
)


@dataclass(frozen=True, slots=True)
class Author:
    """Who did something: a token or the operator by name, or an identity provider's subject.

    Both are None where nobody noted who did it.
    """

    kind: ActorKind | None
    name: str | None

    @property
    def public_name(self) -> str | None:
        """The name, for anybody who may see what was done; None of a subject, which may be a person's address."""
        return None if self.kind is ActorKind.SUBJECT else self.name


def actor_kept() -> tuple[str | None, int | None, str | None]:
    """Of who acts: what `actor_kind`, `token_id` and `subject` of a row are to hold; None where nobody acts."""
    act = acting.get()
    return (None, None, None) if act is None else (act.actor.kind.value, act.actor.token_id, act.actor.subject)


def author_columns(table: str, *, has_kind: bool = True) -> tuple[str, ...]:
    """SQL of the columns that `author_of` reads; where the table `has_kind` of none, it is somebody always."""
    kind = f"{table}.actor_kind" if has_kind else _KIND_OF.format(table=table)
    return kind, f"{table}.subject", _CALLED.format(table=table)


def author_of(row: Record) -> Author:
    """Who did what a row tells of."""
    kind = row["actor_kind"] and ActorKind(row["actor_kind"])
    return Author(kind, OPERATOR if kind is ActorKind.OPERATOR else row["token_name"] or row["subject"])
