"""The plan for a file, complete before anything is written."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import itemgetter

from app.filters.catalog import SYSTEM_KEYS, Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Problem, Refused
from app.queries.fields import MOST_FIELDS
from app.transfer.columns.asked import Asked
from app.transfer.columns.drafting import Drafting
from app.transfer.columns.expansion import LONGEST_KEY, MOST_KEYS
from app.transfer.columns.judging import Usual
from app.transfer.columns.mapping import read_mapping
from app.transfer.columns.names import OUR_NOTES
from app.transfer.columns.plan import Column, Plan, Role
from app.transfer.columns.presets import preset_for
from app.transfer.columns.presets.preset import Preset
from app.transfer.columns.sources import Source, implied_status, names_of, sources_of, with_email
from app.transfer.columns.survey import Survey


def plan(
    header: Sequence[str],
    survey: Survey,
    catalog: Catalog,
    taken_keys: Iterable[str],
    mapping: object = None,
    tool: str | None = None,
) -> Plan:
    """What each column becomes: by the mapping, else by the tool's preset, else by its name.

    `taken_keys` are those of all fields, archived ones too. `mapping` is JSON: by header a field's key, null to leave
    the column out, or `{to, type, rule, clears, dates, numbers, words}`. `tool` forces a preset, "none" none; the
    survey was made with the same. A column that holds nothing makes no field.
    Raises Refused with every problem: in the mapping, and where no column, or no one column, has the addresses, two
    mean the same, values can be read in two ways, or there would be too many fields.
    """
    preset = preset_for(header, tool)
    asked, problems = read_mapping({} if mapping is None else mapping, names_of(survey), catalog)
    expansions = tuple(one for one in survey.expansions if asked.get(one.place, Asked()).column is None)
    problems += _twins(header)
    sources = with_email(sources_of(survey, asked, preset), preset, problems)
    taken = set(taken_keys) | SYSTEM_KEYS
    columns = _drafted(sources, Drafting(catalog, preset, _usual(survey, preset), taken, problems))
    problems += _too_many(columns, catalog, expanded=bool(expansions) and survey.too_many_keys)
    if problems:
        raise Refused(problems)
    return Plan(preset.tool if preset else "", _named_once(columns), expansions, implied_status(survey, preset))


def _usual(survey: Survey, preset: Preset | None) -> Usual:
    numbers = "comma" if survey.decimal_comma else ""
    return Usual(preset.dates if preset else "", numbers, is_mended=not OUR_NOTES.isdisjoint(survey.header))


def _drafted(sources: Sequence[Source], drafting: Drafting) -> list[Column]:
    """The columns in the file's order; those that the caller places have their places first."""
    first = sorted(range(len(sources)), key=lambda place: sources[place].asked.column is None)
    drafted = {place: drafting.column(sources[place]) for place in first}
    return [drafted[place] for place in range(len(sources))]


def _named_once(columns: Sequence[Column]) -> tuple[Column, ...]:
    """A first and a last name make the contact's name only where no column has it whole."""
    whole = any(column.role is Role.TEXT and column.key == "name" for column in columns)
    return tuple(replace(column, name_part=0) if whole else column for column in columns)


def _twins(header: Sequence[str]) -> list[Problem]:
    names = sorted(((fold(name), name) for name in header if name), key=itemgetter(0))
    return [
        _problem(f'two columns are called "{name[:100]}"')
        for (other, _), (folded, name) in pairwise(names)
        if folded == other
    ]


def _too_many(columns: Sequence[Column], catalog: Catalog, *, expanded: bool) -> list[Problem]:
    problems = []
    made = sum(column.is_new for column in columns)
    if made and made + len(catalog.fields) - len(SYSTEM_KEYS) > MOST_FIELDS:
        problems.append(_problem(f"the file would make {made} fields; a workspace has at most {MOST_FIELDS}"))
    if expanded:
        message = (
            f"a column of JSON has more than {MOST_KEYS} different keys, or one longer than {LONGEST_KEY} characters"
        )
        problems.append(_problem(f"{message}; map it to null"))
    return problems


def _problem(message: str) -> Problem:
    return Problem(Code.NOT_ALLOWED, message, "file")
