"""Queries that tell what contacts have, so that nobody has to guess the values of a filter."""

from typing import Annotated

import strawberry
from strawberry.types.info import Info

from app.compile import condition
from app.compile.clause import Clause
from app.filters import catalog
from app.filters.addresses import fold_address
from app.filters.check import check
from app.filters.checked import HasAnyLabel
from app.filters.folding import fold
from app.filters.ids import number_of
from app.filters.operators import LONGEST_TEXT
from app.filters.problems import Code, InvalidValue, Refused, did_you_mean, shown
from app.filters.values import read_text
from app.filters.vocabulary import FieldType
from app.graphql.context import Context
from app.graphql.errors import told
from app.graphql.filter_input import FilterInput, document_of
from app.graphql.types.insight import (
    FieldInsight,
    LabelInsight,
    ValueCount,
    field_insight,
    label_insight,
    value_counts,
)
from app.queries.insight.labels import label_counts
from app.queries.insight.suggesting import suggest
from app.queries.insight.values import MOST_VALUES, is_unique


@strawberry.type
class InsightQuery:
    """Queries that tell what contacts have."""

    @strawberry.field(
        description="What values contacts have of a field, the system's or an own one: of all contacts, or of those "
        "that a filter means."
    )
    @told
    async def field_insight(
        self, info: Info[Context, None], key: str, filter: FilterInput | None = None
    ) -> FieldInsight:
        """What values contacts have of a field."""
        context = info.context
        return await field_insight(context.workspace_id, _field(key, context), _conditions(filter, context))

    @strawberry.field(
        description="Values of a TEXT or CHOICE field that begin with what is typed, the most frequent first, e-mail "
        "addresses by the alphabet. From 100,000 contacts on they may be those of a sample, with about so many "
        "contacts."
    )
    @told
    async def value_suggestions(
        self,
        info: Info[Context, None],
        key: str,
        prefix: Annotated[str, strawberry.argument(description="How they begin, whatever the case; may be empty.")],
        filter: FilterInput | None = None,
        first: Annotated[int, strawberry.argument(description="At most so many, up to 100.")] = 10,
    ) -> list[ValueCount]:
        """Values that begin with what is typed."""
        context = info.context
        field = _field(key, context)
        if field.type not in (FieldType.TEXT, FieldType.CHOICE):
            message = f"{field.name} is no text; only the values of texts and choices begin with something"
            raise Refused.because(Code.OPERATOR_NOT_FOR_TYPE, message, "key")
        if not 1 <= first <= MOST_VALUES:
            raise Refused.because(Code.TOO_MANY_VALUES, f"ask for 1 to {MOST_VALUES} values", "first")
        conditions = _conditions(filter, context)
        return value_counts(await suggest(context.workspace_id, field, _prefix(prefix, field), conditions, first))

    @strawberry.field(
        description="What labels contacts have: of all contacts, of those that a filter means, or of those that have "
        "a label, so that one sees which go together."
    )
    @told
    async def label_insight(
        self,
        info: Info[Context, None],
        filter: FilterInput | None = None,
        label: Annotated[
            strawberry.ID | None, strawberry.argument(description="Only the contacts that have this label.")
        ] = None,
    ) -> LabelInsight:
        """What labels contacts have."""
        context = info.context
        conditions = _conditions(filter, context)
        if label is not None:
            conditions.append(condition(HasAnyLabel((_label(label, context),)), context.scope()))
        found = await label_counts(context.workspace_id, context.catalog.labels.keys(), conditions)
        return label_insight(found, context.catalog)


def _conditions(filter: FilterInput | None, context: Context) -> list[Clause]:
    if filter is None:
        return []
    return [condition(check(document_of(filter), context.catalog), context.scope())]


def _field(key: str, context: Context) -> catalog.Field:
    found = context.catalog.fields.get(key)
    if found is None:
        message = f"there is no field {shown(key, 100)}{did_you_mean(key, context.catalog.fields)}"
        raise Refused.because(Code.UNKNOWN_FIELD, message, "key")
    return found


def _label(id: strawberry.ID, context: Context) -> catalog.Label:
    found = context.catalog.labels.get(number_of(id, "Label"))
    if found is None:
        raise Refused.because(Code.UNKNOWN_LABEL, "there is no such label", "label")
    return found


def _prefix(raw: str, field: catalog.Field) -> str:
    try:
        text = read_text(raw, LONGEST_TEXT)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, "prefix") from None
    return fold_address(text) if is_unique(field) else fold(text)
