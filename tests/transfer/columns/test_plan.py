"""A plan is kept as JSON and read again."""

import orjson
from hypothesis import given
from hypothesis import strategies as st

from app.filters.vocabulary import FieldType
from app.transfer.columns.expansion import Expansion
from app.transfer.columns.plan import Column, Plan, Role, Rule

TEXTS = st.text(max_size=5)
COLUMNS = st.builds(
    Column,
    role=st.sampled_from(Role),
    key=TEXTS,
    name=TEXTS,
    type=st.sampled_from(FieldType),
    is_new=st.booleans(),
    form=st.sampled_from(["", "DMY", "comma"]),
    words=st.lists(st.tuples(TEXTS, TEXTS), max_size=2).map(tuple),
    rule=st.sampled_from(Rule),
    clears=st.booleans(),
    name_part=st.integers(0, 2),
)
EXPANSIONS = st.builds(Expansion, place=st.integers(0, 9), keys=st.lists(TEXTS, max_size=2).map(tuple))
PLANS = st.builds(
    Plan,
    tool=TEXTS,
    columns=st.lists(COLUMNS, max_size=3).map(tuple),
    expansions=st.lists(EXPANSIONS, max_size=2).map(tuple),
    status=TEXTS,
)


@given(PLANS)
def test_plan_survives_its_document(plan: Plan) -> None:
    assert Plan.from_document(orjson.loads(orjson.dumps(plan.to_document()))) == plan


def test_document_leaves_the_usual_out() -> None:
    column = Column(Role.FIELD, "born", "Born", FieldType.DATE, form="DMY", rule=Rule.FILL)
    assert column.to_document() == {
        "role": "FIELD",
        "key": "born",
        "name": "Born",
        "type": "DATE",
        "form": "DMY",
        "rule": "FILL",
    }
