"""What values of a field there are, and what labels, with how many contacts have each."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import strawberry

from app.compile.clause import Clause
from app.filters import catalog
from app.filters.folding import fold
from app.filters.insight.distributions import PERCENTS, Spot, filled_up, spot
from app.filters.vocabulary import FieldType
from app.graphql.scalars import Json
from app.graphql.types.field import Field, field_type
from app.graphql.types.label import Label, label_type
from app.queries.insight.labels import LabelCounts
from app.queries.insight.spread import Spread, spread
from app.queries.insight.values import Value, values

MOST_LABELS = 100

_EXACT: Final = 2**53


@strawberry.type(description="A value, and how many contacts have it.")
class ValueCount:
    """A value, and how many contacts have it."""

    value: Json = strawberry.field(description="As most have entered it, up to 200 characters.")
    contacts: int = strawberry.field(description="How many have it, whatever the case and white space.")


@strawberry.type(description="The value below or at which a share of those lie that there are.")
class Quantile:
    """The value below or at which a share of those lie that there are."""

    percent: int = strawberry.field(description="The share: 5, 25, 50, 75 or 95.")
    value: Json = strawberry.field(description="The least value that so many don't exceed.")


@strawberry.type(description="So many contacts have a value from one to before another.")
class HistogramBucket:
    """So many contacts have a value from one to before another."""

    start: Json = strawberry.field(name="from", description="The least value that belongs to it.")
    end: Json = strawberry.field(name="to", description="Where the next one begins, which does not belong to it.")
    contacts: int = strawberry.field(description="How many contacts.")


@strawberry.type(description="From which value to which a number, date or moment goes, and what lies between.")
class ValueRange:
    """From which value to which a number, date or moment goes, and what lies between."""

    least: Json = strawberry.field(description="The least value, of moments its hour.")
    greatest: Json = strawberry.field(description="The greatest value, of moments its hour.")
    quantiles: list[Quantile] = strawberry.field(description="Where 5, 25, 50, 75 and 95 percent are reached.")
    histogram: list[HistogramBucket] = strawberry.field(
        description="At most 50 buckets of one width, the empty ones between them too."
    )


@strawberry.type(description="What values contacts have of a field.")
class FieldInsight:
    """What values contacts have of a field."""

    field: Field = strawberry.field(description="Which field.")
    filled: int = strawberry.field(description="How many contacts have a value.")
    empty: int = strawberry.field(description="How many have none.")
    distinct: int | None = strawberry.field(description="How many values there are; null for moments.")
    values: list[ValueCount] = strawberry.field(
        description="The 100 most frequent values of a text, the first 100 e-mail addresses, and every truth and "
        "option, also those that nobody has; none for others."
    )
    range: ValueRange | None = strawberry.field(
        description="How numbers, dates and moments are spread; null for others, and where nobody has a value."
    )


@strawberry.type(description="A label, and how many contacts have it.")
class LabelCount:
    """A label, and how many contacts have it."""

    label: Label = strawberry.field(description="Which label.")
    contacts: int = strawberry.field(description="How many contacts have it.")


@strawberry.type(description="What labels contacts have.")
class LabelInsight:
    """What labels contacts have."""

    contacts: int = strawberry.field(description="How many contacts are meant.")
    labelled: int = strawberry.field(description="How many of them have a label.")
    unlabelled: int = strawberry.field(description="How many have none.")
    labels: list[LabelCount] = strawberry.field(
        description="The 100 labels that most of them have, also those that nobody has."
    )


async def field_insight(workspace_id: int, field: catalog.Field, conditions: Sequence[Clause]) -> FieldInsight:
    """What values the contacts have for which all conditions hold."""
    match field.type:
        case FieldType.NUMBER | FieldType.DATE | FieldType.DATETIME:
            return _of_spread(field, await spread(workspace_id, field, conditions))
        case FieldType.TEXT | FieldType.CHOICE | FieldType.BOOLEAN:
            found = await values(workspace_id, field, conditions)
    return FieldInsight(
        field=field_type(field),
        filled=found.filled,
        empty=found.empty,
        distinct=found.distinct,
        values=_values(field, found.values),
        range=None,
    )


def value_counts(found: Sequence[Value]) -> list[ValueCount]:
    """Values of a text as the world sees them."""
    return [ValueCount(value=Json(each.shown), contacts=each.contacts) for each in found]


def label_insight(found: LabelCounts, known: catalog.Catalog) -> LabelInsight:
    """Counts of a catalog's labels as the world sees them."""
    counted = [
        LabelCount(label=label_type(label), contacts=found.by_label.get(id, 0)) for id, label in known.labels.items()
    ]
    return LabelInsight(
        contacts=found.contacts,
        labelled=found.labelled,
        unlabelled=found.contacts - found.labelled,
        labels=sorted(counted, key=lambda each: -each.contacts)[:MOST_LABELS],
    )


def _shown(found: Spot) -> Json:
    """Days and moments in ISO 8601; a number as such, or its digits where a number of JSON would not be the same."""
    if not isinstance(found, Decimal):
        return Json(found.isoformat())
    if found == found.to_integral_value() and abs(found) < _EXACT:
        return Json(int(found))
    return Json(float(found) if Decimal(repr(float(found))) == found else format(found, "f"))


def _values(field: catalog.Field, found: Sequence[Value]) -> list[ValueCount]:
    """With every truth and option, the options as they are declared."""
    match field.type:
        case FieldType.BOOLEAN:
            counts = {each.shown == "true": each.contacts for each in found}
            told = [ValueCount(value=Json(truth), contacts=counts.get(truth, 0)) for truth in (True, False)]
            return sorted(told, key=lambda each: -each.contacts)
        case FieldType.CHOICE:
            held = {fold(each.shown) for each in found}
            return value_counts([*found, *(Value(option, 0) for option in field.options if fold(option) not in held)])
        case _:
            return value_counts(found)


def _of_spread(field: catalog.Field, found: Spread) -> FieldInsight:
    return FieldInsight(
        field=field_type(field),
        filled=found.filled,
        empty=found.empty,
        distinct=None if field.type is FieldType.DATETIME else found.distinct,
        values=[],
        range=_range(field.type, found),
    )


def _range(type: FieldType, found: Spread) -> ValueRange | None:
    if found.least is None or found.greatest is None:
        return None
    return ValueRange(
        least=_shown(spot(type, found.least)),
        greatest=_shown(spot(type, found.greatest)),
        quantiles=[
            Quantile(percent=percent, value=_shown(spot(type, place)))
            for percent, place in zip(PERCENTS, found.quantiles, strict=True)
        ],
        histogram=[
            HistogramBucket(start=_shown(each.start), end=_shown(each.end), contacts=each.contacts)
            for each in filled_up(type, found.step, found.buckets)
        ],
    )
