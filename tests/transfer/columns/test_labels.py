"""How other tools write several labels in a cell."""

import pytest

from app.transfer.columns.labels import read_labels


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ('"VIP","Frequent Buyers"', ["VIP", "Frequent Buyers"]),
        ("VIP; Newsletter", ["VIP", "Newsletter"]),
        ('["VIP", "Jakarta,  Pusat", "", 7]', ["VIP", "Jakarta, Pusat"]),
        ("[]", []),
        ("[VIP]", ["[VIP]"]),
        ("", []),
    ],
)
def test_labels_are_read_as_tools_write_them(cell: str, names: list[str]) -> None:
    assert read_labels(cell) == names
