"""Small files of every kind come to the same in PostgreSQL as in the model."""

import csv
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, example, given, note, settings
from hypothesis import strategies as st

from app.filters.vocabulary import FieldType
from app.queries.catalogs import current_catalog
from app.queries.fields import create_field
from tests.conftest import WorkspaceMaker
from tests.transfer.imports.loading import Dock, everyone
from tests.transfer.imports.model import VALUES, Person, Row, Rules, imported
from tests.transfer.imports.test_consent import list_address

FEW = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ADDRESSES = (
    "a@x.id",
    "A@X.id",
    "b@x.id",
    " b@x.id ",
    "c@x.id",
    "d@x.id",
    "e@x.id",
    "f@x.id",
    "listed@x.id",
    "nobody",
)
ROWS = st.builds(
    Row,
    email=st.sampled_from(ADDRESSES),
    name=st.sampled_from(["", "Ani", "Budi"]),
    external_id=st.sampled_from(["", "", "", "", "", "1", "2", "3", "4"]),
    city=st.sampled_from(["", "Solo", "Medan"]),
    age=st.sampled_from(["", "1", "2", "2.0", "", "1", "3", "many"]),
    status=st.sampled_from(["", "", "", "", "active", "active", "pending", "unsubscribed", "bounced", "gone"]),
    labels=st.lists(st.sampled_from(["VIP", "Old"]), max_size=2, unique=True).map(tuple),
)
RULES = st.builds(
    Rules,
    mode=st.sampled_from(["CREATE", "UPDATE", "UPDATE", *["CREATE_AND_UPDATE"] * 3]),
    status=st.sampled_from(["PENDING", "ACTIVE"]),
    rules=st.fixed_dictionaries(
        {
            **dict.fromkeys(VALUES, st.sampled_from(["OVERWRITE", "FILL", "CLEARS"])),
            "labels": st.sampled_from(["ADD", "FILL", "OVERWRITE", "CLEARS"]),
        }
    ),
)
# Who is there before: four contacts with values, of whom most rows speak.
PEOPLE = st.tuples(
    *(
        st.builds(
            Row,
            email=st.just(f"{name}@x.id"),
            name=st.sampled_from(["", "Ani"]),
            external_id=st.sampled_from(["", place]),
            city=st.sampled_from(["", "Solo"]),
            age=st.sampled_from(["", "1"]),
            status=st.sampled_from(["", "active", "unsubscribed", "bounced"]),
            labels=st.sampled_from([(), ("VIP",), ("Old", "VIP")]),
        )
        for place, name in (("1", "a"), ("2", "b"), ("3", "c"), ("4", "d"))
    )
).map(list)
FILES = st.tuples(
    st.tuples(st.just(Rules()), PEOPLE),
    st.tuples(RULES, st.lists(ROWS, min_size=4, max_size=12)),
    st.tuples(RULES, st.lists(ROWS, min_size=4, max_size=12)),
)
CLAIMS = [Row("a@x.id", external_id="1"), Row("b@x.id", external_id="2")]
LATER_CLAIMS = [Row("c@x.id", external_id="1"), Row("a@x.id", city="Solo", external_id="1"), Row("c@x.id", age="2")]


def written(rows: list[Row]) -> str:
    """The rows as a file."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(["email", *VALUES, "status", "labels"])
    for row in rows:
        values = [getattr(row, key) for key in VALUES]
        writer.writerow([row.email, *values, row.status, ", ".join(row.labels)])
    return text.getvalue()


def asked(rules: Rules) -> dict[str, Any]:
    """The rules as a caller states them."""
    mapping = {
        key: {"to": key, **({"rule": "OVERWRITE", "clears": True} if rule == "CLEARS" else {"rule": rule})}
        for key, rule in rules.rules.items()
    }
    return {"mode": rules.mode, "status": rules.status, "consent": "a form", "mapping": mapping}


async def people_of(workspace: int) -> dict[str, Person]:
    """The contacts in the model's words; what is compared must agree with what was entered."""
    names = {label.id: label.name for label in (await current_catalog(workspace)).labels.values()}
    found = {}
    for address, row in (await everyone(workspace)).items():
        texts = {key: row[key] for key in ("name", "external_id") if row[key] is not None}
        values = {**texts, **orjson.loads(row["fields"])}
        folded = {key: value.lower() if isinstance(value, str) else value for key, value in values.items()}
        assert orjson.loads(row["folded"]) == folded
        assert row["label_ids"] == sorted(set(row["label_ids"]))
        labels = frozenset(names[label] for label in row["label_ids"])
        found[address] = Person(row["email"], row["status"], values, labels)
    return found


async def new_dock(make_workspace: WorkspaceMaker, folder: Path) -> Dock:
    """A fresh workspace with two fields and an address that must not be contacted."""
    workspace = await make_workspace()
    await create_field(workspace, "city", "City", FieldType.TEXT)
    await create_field(workspace, "age", "Age", FieldType.NUMBER)
    await list_address(workspace, "listed@x.id")
    return Dock(folder, workspace)


async def compare(dock: Dock, files: Sequence[tuple[Rules, list[Row]]]) -> None:
    people: dict[str, Person] = {}
    for rules, rows in files:
        meant = imported(people, frozenset({"listed@x.id"}), rows, rules)
        done = await dock.load(written(rows), **asked(rules))
        note(f"{rules}\n{written(rows)}{done.reasons}")
        assert await people_of(dock.workspace) == meant.people
        assert [line for line, _ in done.reasons] == meant.refused
        assert done.numbers == meant.numbers
        people = meant.people


@FEW
@example(files=[(Rules(), CLAIMS), (Rules(), LATER_CLAIMS[:2]), (Rules(), LATER_CLAIMS[2:])])
@given(files=FILES)
async def test_imports_mean_the_same(
    make_workspace: WorkspaceMaker, tmp_path: Path, files: Sequence[tuple[Rules, list[Row]]]
) -> None:
    await compare(await new_dock(make_workspace, tmp_path), files)


@pytest.mark.slow
@pytest.mark.timeout(3_600)
@settings(FEW, max_examples=2_000, derandomize=False)
@given(files=FILES)
async def test_imports_mean_the_same_many_times(
    make_workspace: WorkspaceMaker, tmp_path: Path, files: Sequence[tuple[Rules, list[Row]]]
) -> None:
    await compare(await new_dock(make_workspace, tmp_path), files)
