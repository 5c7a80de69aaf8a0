"""A file is looked through and planned by another process, of which only the plan comes back."""

import pickle
from pathlib import Path
from random import Random

import pytest

from app.filters.problems import Refused
from app.filters.vocabulary import FieldType
from app.queries.catalogs import current_catalog
from app.queries.fields import create_field
from app.queries.labels import create_label
from app.transfer.columns.plan import Role
from app.transfer.imports.options import Options
from app.transfer.imports.surveying import Planned, plan_beside, plan_file
from tests.transfer.columns.catalogs import EMPTY


def planned(folder: Path, content: str, mapping: object = None) -> Planned:
    """The plan for a file in a workspace that has no fields."""
    (folder / "stored").write_text(content)
    return plan_file(folder / "stored", folder / "room", Options(mapping=mapping), EMPTY, set(EMPTY.fields))


async def test_a_file_is_planned_by_the_workspaces_words(workspace: int, tmp_path: Path) -> None:
    await create_field(workspace, "city", "Kota Asal", FieldType.TEXT)
    await create_label(workspace, "VIP")
    assert (await current_catalog(workspace)).labels_by_name
    (tmp_path / "stored").write_text('email,Kota asal,tags\na@example.com,Solo,"vip, New"\nb@example.com\n')
    found = await plan_beside(workspace, tmp_path / "stored", tmp_path / "room", Options())
    assert [(column.role, column.key) for column in found.plan.plan.columns] == [
        (Role.EMAIL, ""),
        (Role.FIELD, "city"),
        (Role.LABELS, ""),
    ]
    assert found.plan.new_labels == ("New",)
    assert [rows for _, rows in found.parts] == [2]


@pytest.mark.parametrize(("mapping", "width", "labels"), [(None, 4, ()), ({"attributes": None}, 3, ("VIP",))])
def test_labels_are_found_where_attributes_are_left_out(
    tmp_path: Path, mapping: object, width: int, labels: tuple[str, ...]
) -> None:
    content = 'uuid,email,attributes\n1,a@example.com,"{""town"": ""Solo""}"\n'
    if labels:
        content = content.replace("uuid", "uuid,tags").replace("1,", "1,VIP,")
    found = planned(tmp_path, content, mapping)
    assert (len(found.plan.plan.columns), found.plan.new_labels) == (width + len(labels), labels)


def test_a_plan_does_not_grow_with_what_is_in_the_cells(tmp_path: Path) -> None:
    random = Random("plan")
    rows = [",".join(f"{random.getrandbits(160):x}" for _ in range(50)) for _ in range(900)]
    header = ",".join(f"c{number}" for number in range(50))
    found = planned(tmp_path, f"email,{header}\n" + "".join(f"a@example.com,{row}\n" for row in rows))
    assert len(pickle.dumps(found)) < 20_000


@pytest.mark.parametrize(
    ("names", "sentence"),
    [(1_001, '"tags" has more than 1,000 different values; is it a column of labels'), (1_000, None)],
)
def test_a_column_of_labels_has_so_many_at_most(tmp_path: Path, names: int, sentence: str | None) -> None:
    content = "email,tags\n" + "".join(f"a@example.com,label {number}\n" for number in range(names))
    if sentence is None:
        assert len(planned(tmp_path, content).plan.new_labels) == names
    else:
        with pytest.raises(Refused, match=sentence):
            planned(tmp_path, content)
