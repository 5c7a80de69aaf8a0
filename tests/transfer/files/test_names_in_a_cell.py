"""Names in a cell: how they are parted, and that what is written is read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.transfer.columns.labels import read_labels
from app.transfer.files.names_in_a_cell import join_names, split_names

NAMES = st.text(st.sampled_from('ab ,;|"[]\n\té'), min_size=1).map(lambda text: " ".join(text.split())).filter(bool)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("", []),
        (" , ;|", []),
        ("VIP", ["VIP"]),
        ("VIP, Frequent  Buyers;x|y", ["VIP", "Frequent Buyers", "x", "y"]),
        ('"a, b";c', ["a, b", "c"]),
        (' "a" , "b|c" ', ["a", "b|c"]),
        ('"5"" disk", x', ['5" disk', "x"]),
        ('5" disk, x', ['5" disk', "x"]),
        ('"open, x', ['"open', "x"]),
        ('"a"b, c', ['"a"b', "c"]),
        ('"", " ", x', ["x"]),
        ('"a"\n', ["a"]),
        ('"""', ['"""']),
    ],
)
def test_names_are_parted_outside_quotes(cell: str, names: list[str]) -> None:
    assert split_names(cell) == names


@pytest.mark.parametrize(
    ("names", "cell"),
    [
        (["a", "b c"], "a, b c"),
        (["a,b", 'c"d'], '"a,b", "c""d"'),
        ([" a", "b;"], '" a", "b;"'),
        (["[1]", "a[1]"], '"[1]", a[1]'),
        ([], ""),
    ],
)
def test_names_with_signs_are_quoted(names: list[str], cell: str) -> None:
    assert join_names(names) == cell


@given(st.lists(NAMES))
def test_written_names_are_read_back(names: list[str]) -> None:
    assert split_names(join_names(names)) == read_labels(join_names(names)) == names
