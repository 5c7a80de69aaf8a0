"""The schema: the queries, the mutations, the subscriptions, the scalars."""

from collections.abc import Iterable

import strawberry
from graphql import (
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    Undefined,
    build_schema,
    lexicographic_sort_schema,
    print_schema,
)
from strawberry.schema.config import StrawberryConfig

from app.graphql.auditing import record_all
from app.graphql.completion import PlainExecution
from app.graphql.descriptions import describe
from app.graphql.mutations.contact_events import ContactEventMutations
from app.graphql.mutations.contacts import ContactMutations
from app.graphql.mutations.do_not_contact import DoNotContactMutations
from app.graphql.mutations.erasures import ErasureMutations
from app.graphql.mutations.fields import FieldMutations
from app.graphql.mutations.imports import ImportMutations
from app.graphql.mutations.labels import LabelMutations
from app.graphql.mutations.many_contacts import ManyContactsMutations
from app.graphql.mutations.pins import PinMutations
from app.graphql.mutations.segments import SegmentMutations
from app.graphql.mutations.tokens import TokenMutations
from app.graphql.mutations.upserts import UpsertMutations
from app.graphql.mutations.webhooks import WebhookMutations
from app.graphql.query import Query
from app.graphql.scalars import SCALARS
from app.graphql.subscription import Subscription
from app.graphql.types.contact import Contact
from app.graphql.types.erasure import Erasure
from app.graphql.types.export import Export
from app.graphql.types.field import Field
from app.graphql.types.file_import import Import
from app.graphql.types.label import Label
from app.graphql.types.segment import Segment
from app.graphql.types.token import Token
from app.graphql.types.webhook import Webhook
from app.graphql.types.webhook_message import WebhookMessage
from app.graphql.types.workspace import Workspace


@strawberry.type(description="What can be changed. A payload's `errors` say why something was not.")
class Mutation(
    ContactMutations,
    ContactEventMutations,
    DoNotContactMutations,
    ErasureMutations,
    FieldMutations,
    ImportMutations,
    LabelMutations,
    ManyContactsMutations,
    PinMutations,
    SegmentMutations,
    TokenMutations,
    UpsertMutations,
    WebhookMutations,
):
    """What can be changed."""


schema = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[Contact, Erasure, Export, Field, Import, Label, Segment, Token, Webhook, WebhookMessage, Workspace],
    config=StrawberryConfig(scalar_map=SCALARS),
    execution_context_class=PlainExecution,
)


def _leave_out_null_defaults(types: Iterable[GraphQLNamedType]) -> None:
    """`first: Int` instead of `first: Int = null`: to leave something out is Python's default, not the caller's."""
    for kind in types:
        fields = getattr(kind, "fields", {}).values()
        given = [argument for field in fields for argument in getattr(field, "args", {}).values()]
        for one in given if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) else fields:
            if getattr(one, "default_value", Undefined) is None:
                one.default_value = Undefined


if (mutations := schema._schema.mutation_type) is not None:  # noqa: SLF001
    record_all(mutations)
_leave_out_null_defaults(schema._schema.type_map.values())  # noqa: SLF001
describe(schema._schema.type_map)  # noqa: SLF001


def printed_schema() -> str:
    """The schema in GraphQL's own language, sorted, as it is committed."""
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
