"""No operation of the schema tells a workspace anything of another, nor touches it."""

import pytest
from graphql import FieldNode, GraphQLObjectType, TypeInfo, TypeInfoVisitor, Visitor, parse, visit

from tests.isolation.conftest import GIVEN_UP
from tests.isolation.operations import SCHEMA, all_operations
from tests.isolation.probing import MOST_TEXTS, MOST_TOLD, Report, probe
from tests.isolation.tenant import Tenant

pytestmark = GIVEN_UP


class _Seen(Visitor):
    """Takes down which fields of which types a document selects."""

    def __init__(self, types: TypeInfo, fields: set[tuple[str, str]]) -> None:
        super().__init__()
        self._types = types
        self._fields = fields

    def enter_field(self, node: FieldNode, *_: object) -> None:
        self._fields.add((str(self._types.get_parent_type()), node.name.value))


def test_every_field_is_asked_for() -> None:
    seen, types = set[tuple[str, str]](), TypeInfo(SCHEMA)
    for operation in all_operations():
        visit(parse(operation.document), TypeInfoVisitor(types, _Seen(types, seen)))
    objects = [type for type in SCHEMA.type_map.values() if isinstance(type, GraphQLObjectType)]
    there = {(type.name, name) for type in objects if not type.name.startswith("__") for name in type.fields}
    assert there <= seen


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("most_texts", [MOST_TEXTS, pytest.param(1_000, marks=pytest.mark.slow)])
async def test_no_operation_knows_another_workspace(
    twins: tuple[Tenant, Tenant], capsys: pytest.CaptureFixture[str], most_texts: int
) -> None:
    report = Report()
    for operation in all_operations():
        await probe(operation, *twins, report, most_texts)
    with capsys.disabled():
        print(f"\nisolation: {len(all_operations())} operations, {report.probes:,} probes")
    assert report.untried == []
    assert not report.leaks, "\n".join(report.leaks[:MOST_TOLD])
    assert report.probes > 20 * len(all_operations())
