"""Each type's values: what is taken, how it is kept to be shown and compared, what is refused."""

from decimal import Decimal
from typing import Any

import pytest

from app.filters.problems import InvalidValue
from app.filters.values import read_number, read_value
from tests.filters.catalogs import CATALOG, JAKARTA, these

MIDNIGHT = ("2026-01-31T07:00:00+07:00", "2026-01-31T00:00:00.000000Z")


@pytest.mark.parametrize(
    ("key", "raw", "kept"),
    [
        *((key, blank, None) for key in ("city", "spend", "birthday", "visited", "member", "tier")
          for blank in (None, "", " ", "\u00a0\t\n")),
        ("city", " Jakarta  Selatan ", (" Jakarta  Selatan ", "jakarta selatan")),
        ("city", "x" * 10_000, ("x" * 10_000, "x" * 10_000)),
        *(("spend", raw, (Decimal(kept), Decimal(kept))) for raw, kept in (
            (1, "1"), ("1.0", "1"), (1.5, "1.5"), (" -2 ", "-2"), ("+3", "3"), (".5", "0.5"), ("5.", "5"),
            ("1E2", "100"), (0.1, "0.1"),
            ("-0", "0"), (-0.0, "0"), ("0e99", "0"), (1e22, "1e22"), (2**53 + 1, "9007199254740993"),
            ("1e40", "1e40"),
            ("1e-40", "1e-40"), ("9" * 34, "9" * 34), (Decimal("1E+2"), "100"), ("1" + "0" * 40, "1e40"))),
        *(("birthday", raw, ("2024-02-29", "2024-02-29")) for raw in these("2024-02-29", " 2024-02-29 ")),
        ("birthday", "0001-01-01", ("0001-01-01", "0001-01-01")),
        ("birthday", "9999-12-31", ("9999-12-31", "9999-12-31")),
        *(("visited", raw, MIDNIGHT) for raw in these(
            "2026-01-31T00:00Z", "2026-01-31t00:00:00z", "2026-01-31 07:00", " 2026-01-31T07:00:00.0 ",
            "2026-01-31 07:00 +07:00",
            "2026-01-31T07:00+07", "2026-01-30T17:00:00,000-0700", "2026-01-30 17:00 -07:00")),
        ("visited", "2026-01-31T00:00:00.5Z", ("2026-01-31T07:00:00.500000+07:00", "2026-01-31T00:00:00.500000Z")),
        ("visited", "9998-12-31T00:00Z", ("9998-12-31T07:00:00+07:00", "9998-12-31T00:00:00.000000Z")),
        *(("member", raw, (True, True)) for raw in these(True, "true", " YES ", "y", "1", 1)),
        *(("member", raw, (False, False)) for raw in these(False, "False", "no", "N", "0", 0)),
        *(("tier", raw, ("Straße", "strasse")) for raw in these("Straße", "STRASSE", " strasse ")),
    ],
)  # fmt: skip
def test_is_kept_as(key: str, raw: Any, kept: Any) -> None:
    assert read_value(raw, CATALOG.fields[key], JAKARTA) == kept


@pytest.mark.parametrize(
    ("key", "raw", "code"),
    [
        *(("city", raw, "INVALID_TEXT") for raw in these(1, True, [], {}, "a\0", "\udc00x")),
        ("city", "x" * 10_001, "TOO_LONG"),
        *(("spend", raw, "INVALID_NUMBER") for raw in these(
            "x", "1,5", "1 000", "--1", "1e", "e1", ".", "٣", "nan", "inf", float("nan"), True, [], "9" * 35,
            "1e41", "1e-41", "1e999",
            10**200, Decimal("1e999999999"), Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), "1" * 10_000)),
        *(("birthday", raw, "INVALID_DATE") for raw in these("2026-02-29", "2026-1-1", "31.01.2026",
              "2026-01-31T00:00", 0, True, [], "0000-01-01")),
        *(("visited", raw, "INVALID_DATE") for raw in these(
            "2026-01-31", "2026-01-31T24:00", "2026-01-31T23:59:60", "2026-02-29T00:00Z", "2026-01-31T00:00+24:00",
            0, [],
            "0001-12-31T00:00Z", "9999-01-01T00:00Z", "9999-12-31T23:59-23:59", "0001-01-01T00:00+23:59",
            "2026-01-31T00:00:00.1234567Z")),
        *(("member", raw, "INVALID_BOOLEAN") for raw in these("maybe", 2, 1.5, [], {}, "yes       no", "11",
              10**200)),
        *(("tier", raw, "UNKNOWN_OPTION") for raw in these("Silver", "Gold Gold")),
        ("tier", 1, "INVALID_TEXT"),
    ],
)  # fmt: skip
def test_is_refused(key: str, raw: Any, code: str) -> None:
    with pytest.raises(InvalidValue) as refusal:
        read_value(raw, CATALOG.fields[key], JAKARTA)
    assert refusal.value.code.value == code


@pytest.mark.parametrize("raw", ["1e40", "1e-40", "9" * 34, "-1.50", "0.0", "1e39", "9" * 30 + "e10"])
def test_a_number_written_out_is_read_again(raw: str) -> None:
    assert read_number(format(read_number(raw), "f")) == read_number(raw) == Decimal(raw)


@pytest.mark.parametrize("key", ["spend", "member", "birthday", "visited", "tier"])
def test_an_integer_too_long_to_print_is_refused(key: str) -> None:
    with pytest.raises(InvalidValue):
        read_value(10**5000, CATALOG.fields[key], JAKARTA)
