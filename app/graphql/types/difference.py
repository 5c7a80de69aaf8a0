"""Where two filters differ, in words."""

import strawberry

from app.filters.sight.difference_words import Difference
from app.graphql.enums import FilterDifferenceKind


@strawberry.type(description="One thing in which two filters differ, or the names of two versions.")
class FilterDifference:
    """One thing in which two filters differ."""

    kind: FilterDifferenceKind = strawberry.field(description="What was done.")
    path_before: str | None = strawberry.field(description="Where it stood; null where it did not, and of a name.")
    path_after: str | None = strawberry.field(description="Where it stands; null where it does not, and of a name.")
    before: str | None = strawberry.field(description="What stood there in plain words, or the name before.")
    after: str | None = strawberry.field(description="What stands there in plain words, or the name after.")
    sentence: str = strawberry.field(description='All of it in a sentence: `Added: City contains "Jakarta"`.')


def difference_type(difference: Difference) -> FilterDifference:
    """A difference as the world sees it."""
    return FilterDifference(**{name: getattr(difference, name) for name in Difference.__dataclass_fields__})
