"""The caller's own word on the columns, by their headers."""

from collections.abc import ItemsView, Mapping, Sequence

from app.filters.catalog import Catalog
from app.filters.folding import fold, piles_marks
from app.filters.problems import Code, InvalidValue, Problem, Refused, did_you_mean, shown
from app.filters.values import read_text
from app.transfer.columns.asked import Asked, read_asked
from app.transfer.columns.options import check_options

LONGEST_SHOWN = 100
LONGEST_HEADER = 1_000
MOST_ENTRIES = 1_000
MOST_HINTS = 20
MOST_NAMED = 20


def read_mapping(raw: object, names: Sequence[str], catalog: Catalog) -> tuple[dict[int, Asked], list[Problem]]:
    """What is asked of the columns, by their places among `names`, and what is wrong with the asking.

    Raises Refused where it is no mapping at all.
    """
    asked, problems, places = dict[int, Asked](), list[Problem](), _places(names)
    for header, entry in _entries(raw):
        faults, hint = list[InvalidValue](), len(problems) < MOST_HINTS
        place = _place(header, places)
        if place is None:
            near = _near(header, names) if hint else ""
            faults.append(
                InvalidValue(Code.NOT_FOUND, f"the file has no column {shown(header, LONGEST_SHOWN)}{near}")
            )
        if place in asked:
            faults.append(InvalidValue(Code.TAKEN, "this column is given twice"))
        read = read_asked(entry, catalog, faults, hint=hint)
        problems += [Problem(fault.code, fault.message, path_of(header)) for fault in faults]
        if place is not None:
            asked[place] = read
    return asked, problems


def check_mapping(raw: object, catalog: Catalog) -> list[Asked]:
    """What is asked of columns, whatever the file has; raises Refused with all that is wrong with it already."""
    asked, problems = list[Asked](), list[Problem]()
    for header, entry in _entries(raw):
        faults = list[InvalidValue]()
        try:
            read_text(header, LONGEST_HEADER)
            asked.append(read_asked(entry, catalog, faults, hint=len(problems) < MOST_HINTS))
            if not faults:
                check_options(asked[-1])
        except InvalidValue as invalid:
            faults.append(invalid)
        problems += [Problem(fault.code, fault.message, path_of(header)) for fault in faults]
    if problems:
        raise Refused(problems)
    return asked


def path_of(header: str) -> str:
    """The path to a column's part of the mapping."""
    return f"mapping[{shown(header, LONGEST_SHOWN)}]"


def _entries(raw: object) -> ItemsView[str, object]:
    if not isinstance(raw, dict):
        raise Refused.because(Code.ONE_OF, "a mapping has the file's column names, and what each becomes", "mapping")
    if len(raw) > MOST_ENTRIES:
        raise Refused.because(Code.TOO_MANY_VALUES, f"a mapping has at most {MOST_ENTRIES:,} columns", "mapping")
    return raw.items()


def _places(names: Sequence[str]) -> dict[str, int]:
    """By the name as it is, else as it is folded; the first of several."""
    backwards = list(enumerate(names))[::-1]
    return {fold(name): place for place, name in backwards} | {name: place for place, name in backwards}


def _near(header: str, names: Sequence[str]) -> str:
    given = [name for name in names if name]
    more = ", …" if len(given) > MOST_NAMED else ""
    return f"; it has {', '.join(shown(name) for name in given[:MOST_NAMED])}{more}{did_you_mean(header, given)}"


def _place(header: str, places: Mapping[str, int]) -> int | None:
    short = header[:LONGEST_HEADER]
    return places.get(header, None if piles_marks(short) else places.get(fold(short)))
