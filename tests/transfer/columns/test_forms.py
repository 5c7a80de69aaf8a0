"""Forms of days, moments and numbers: what they become, and what isn't taken."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.filters.problems import InvalidValue
from app.filters.vocabulary import FieldType
from app.transfer.columns.forms import read

WRITTEN = {
    "YMD": ["{d:%Y}/{d:%m}/{d:%d} {d:%H}:{d:%M}:{d:%S}", "{d:%Y}.{d.month}.{d.day}, {d:%I}:{d:%M}:{d:%S} {d:%p}"],
    "DMY": ["{d:%d}.{d:%m}.{d:%Y} {d:%H}:{d:%M}:{d:%S}", "{d.day} {d:%B} {d:%Y} {d:%I}:{d:%M}:{d:%S}{d:%p}"],
    "MDY": ["{d:%m}/{d:%d}/{d:%Y} {d:%H}:{d:%M}:{d:%S}", "{d:%b} {d.day}, {d:%Y} {d:%I}:{d:%M}:{d:%S} {d:%p}"],
}


MOMENTS = st.datetimes().filter(lambda moment: moment.year >= 1000)


@pytest.mark.parametrize(
    ("text", "form", "iso"),
    [
        ("2026-01-31", "", "2026-01-31"),
        (" 2026-01-31 ", "", "2026-01-31"),
        ("2026/01/31", "YMD", "2026-01-31"),
        ("2026-1-3", "YMD", "2026-01-03"),
        ("2026-01-31 10:00:05 UTC", "YMD", "2026-01-31T10:00:05Z"),
        ("31/01/2026", "DMY", "2026-01-31"),
        ("31-01-2026", "DMY", "2026-01-31"),
        ("1.2.2026", "DMY", "2026-02-01"),
        ("31 Jan 2026", "DMY", "2026-01-31"),
        ("31-Jan-2026", "DMY", "2026-01-31"),
        ("17 Agustus 2026", "DMY", "2026-08-17"),
        ("1 mei 2026, 09.30", "DMY", None),
        ("31/02/2026", "DMY", "2026-02-31"),
        ("01/31/2026", "MDY", "2026-01-31"),
        ("1-31-2026", "MDY", "2026-01-31"),
        ("Jan 31, 2026", "MDY", "2026-01-31"),
        ("January 31 2026", "MDY", "2026-01-31"),
        ("31/01/2026 9:05", "DMY", "2026-01-31T09:05:00"),
        ("01/31/2026 12:05 AM", "MDY", "2026-01-31T00:05:00"),
        ("01/31/2026 12:05 pm", "MDY", "2026-01-31T12:05:00"),
        ("01/31/2026 10:00:00.123456789 PM +0700", "MDY", "2026-01-31T22:00:00.123456+0700"),
        ("01/31/2026 13:05 PM", "MDY", None),
        ("01/31/2026 0:05 AM", "MDY", None),
        ("01/31/2026 24:00", "MDY", None),
        ("31/01/2026", "MDY", None),
        ("01/13/2026", "DMY", None),
        ("31/01-2026", "DMY", None),
        ("01.31.2026", "MDY", None),
        ("31/01/26", "DMY", None),
        ("1769817600", "YMD", None),
        ("٣١/٠١/٢٠٢٦", "DMY", None),
    ],
)
def test_a_date_is_read_in_its_form(text: str, form: str, iso: str | None) -> None:
    if iso is None:
        with pytest.raises(InvalidValue):
            read(text, form, FieldType.DATE)
    else:
        assert read(text, form, FieldType.DATE) == iso


@given(st.sampled_from(sorted(WRITTEN)), st.integers(0, 1), MOMENTS)
def test_every_moment_comes_back(form: str, which: int, moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    text = WRITTEN[form][which].format(d=moment)
    assert datetime.fromisoformat(read(text, form, FieldType.DATETIME)) == moment


@pytest.mark.parametrize(
    ("offset", "hours"), [("Z", 0), ("GMT", 0), (" UTC", 0), ("+07", 7), (" +07:00", 7), ("-0330", -3.5)]
)
def test_offsets_are_kept(offset: str, hours: float) -> None:
    read_back = datetime.fromisoformat(read(f"31/01/2026 10:00{offset}", "DMY", FieldType.DATETIME))
    assert read_back == datetime(2026, 1, 31, 10, tzinfo=timezone(timedelta(hours=hours)) if hours else UTC)


@pytest.mark.parametrize(("text", "form"), [("2026-01-31", ""), ("31/01/2026", "DMY"), ("Jan 31, 2026", "MDY")])
def test_a_moment_told_by_its_day_is_its_midnight(text: str, form: str) -> None:
    assert read(text, form, FieldType.DATETIME) == "2026-01-31T00:00"


@pytest.mark.parametrize(
    ("text", "form", "plain"),
    [
        (" 7.5 ", "", "7.5"),
        ("1.234,56", "comma", "1234.56"),
        ("-1.234.567", "comma", "-1234567"),
        ("0,5", "comma", "0.5"),
        ("1,234.56", "thousands", "1234.56"),
        ("1234.5", "thousands", "1234.5"),
        ("1.23,4", "comma", None),
        ("12,34", "thousands", None),
        ("0.123", "comma", None),
        ("01,5", "comma", None),
        ("1,5", "thousands", None),
        ("", "comma", None),
    ],
)
def test_a_number_is_read_in_its_form(text: str, form: str, plain: str | None) -> None:
    if plain is None:
        with pytest.raises(InvalidValue):
            read(text, form, FieldType.NUMBER)
    else:
        assert read(text, form, FieldType.NUMBER) == plain


def test_what_has_no_form_stays_as_it_is() -> None:
    assert read(" 01/31/2026 ", "", FieldType.TEXT) == " 01/31/2026 "
