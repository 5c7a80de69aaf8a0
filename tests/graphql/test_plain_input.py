"""An input that is built at once is the one that Strawberry would build."""

from typing import Any

import pytest
from strawberry.types.arguments import convert_argument

from app.filters.vocabulary import Status
from app.graphql.mutations.upserts import UpsertContactInput
from app.graphql.schema import schema

FIELDS = [{"key": "city", "value": "Solo"}, {"key": "age", "value": 5}, {"key": "x", "value": None}, {"key": "y"}]
WHOLE: dict[str, Any] = {
    "email": "ani@example.com",
    "externalId": "1",
    "name": "Ani",
    "source": "shop",
    "status": Status.ACTIVE,
    "consent": "a form",
    "labels": ["VIP", "New"],
    "fields": FIELDS,
    "clear": ["city"],
}


@pytest.mark.parametrize(
    "given",
    [
        {},
        WHOLE,
        dict.fromkeys(WHOLE),
        *({key: value} for key, value in WHOLE.items()),
        {"fields": [], "labels": [], "clear": []},
        {"fields": [{"key": "city", "value": {"a": [1, {"b": None}]}}]},
    ],
)
def test_input_is_built_as_strawberry_would(given: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    definition: Any = vars(UpsertContactInput)["__strawberry_definition__"]

    def built() -> object:
        return convert_argument(given, UpsertContactInput, schema.schema_converter.scalar_registry, schema.config)

    at_once = built()
    monkeypatch.setattr(definition, "from_input", None)
    assert at_once == built()
    assert type(at_once) is UpsertContactInput
