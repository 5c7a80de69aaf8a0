"""The columns of a file as they are before they are planned."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from app.filters.problems import Code, Problem
from app.transfer.columns.asked import Asked
from app.transfer.columns.mapping import path_of
from app.transfer.columns.names import first_email_header
from app.transfer.columns.plan import Column
from app.transfer.columns.presets.preset import EMAIL, NOTHING, Preset, status
from app.transfer.columns.seen import Seen
from app.transfer.columns.statuses import ANY_OTHER, NO, strictest, words
from app.transfer.columns.survey import Survey
from app.transfer.columns.words import plain


@dataclass(frozen=True, slots=True)
class Source:
    """A column of the file: its header, what it holds, what the caller asks of it.

    `given` is what is known of it by more than its name. A column out of an expansion has a key for its header, and
    the expanded column's header as `within`.
    """

    header: str
    seen: Seen
    asked: Asked
    given: Column | None = None
    within: str = ""

    @property
    def path(self) -> str:
        """A problem's path to it."""
        return path_of(f"{self.within}.{self.header}" if self.within else self.header)


def names_of(survey: Survey) -> tuple[str, ...]:
    """What the caller calls the columns: by the header, and `attributes.city` those of an expansion."""
    within = (f"{survey.header[one.place]}.{key}" for one in survey.expansions for key in one.keys)
    return (*survey.header, *within)


def sources_of(survey: Survey, asked: Mapping[int, Asked], preset: Preset | None) -> list[Source]:
    """The header's columns, then those of the expansions; what the caller places as a whole isn't expanded."""
    expanded = {one.place for one in survey.expansions}
    sources = [
        Source(
            name,
            seen,
            asked.get(place, Asked()),
            NOTHING if place in expanded else _marked(name, seen, survey, preset),
        )
        for place, (name, seen) in enumerate(zip(survey.header, survey.columns, strict=False))
    ]
    keys = [(one.place, key) for one in survey.expansions for key in one.keys]
    for place, (whole, key) in enumerate(keys, start=len(survey.header)):
        if sources[whole].asked.column is None:
            within = survey.header[whole]
            sources.append(Source(key, survey.columns[place], asked.get(place, Asked()), within=within))
    return sources


def with_email(sources: Sequence[Source], preset: Preset | None, problems: list[Problem]) -> list[Source]:
    """The sources, the one with the addresses given as such; a problem where there is none, or more than one."""
    if any(source.asked.column == EMAIL for source in sources):
        return list(sources)
    free = [source for source in sources if source.asked.column is None and not source.within]
    found = _email_of(free, preset, problems)
    return [replace(source, given=EMAIL) if source is found else source for source in sources]


def implied_status(survey: Survey, preset: Preset | None) -> str:
    """The status that the file as a whole says of its contacts, or nothing."""
    implied = preset.implied if preset else {}
    named = zip(map(plain, survey.header), survey.columns, strict=False)
    found = strictest(implied[name] for name, seen in named if name in implied and _speaks_for_all(seen, survey))
    return found.value if found else ""


def _marked(name: str, seen: Seen, survey: Survey, preset: Preset | None) -> Column | None:
    said = preset.implied.get(plain(name)) if preset else None
    if said is None or _speaks_for_all(seen, survey) or not seen.filled:
        return None
    return status(words(**{said.name.lower(): (ANY_OTHER,)}, silent=NO))


def _speaks_for_all(seen: Seen, survey: Survey) -> bool:
    # The tool leaves few of these cells empty; a file that was put together by hand, many.
    return seen.filled * 2 > survey.rows


def _email_of(sources: Sequence[Source], preset: Preset | None, problems: list[Problem]) -> Source | None:
    headers = [plain(source.header) for source in sources]
    known = [place for place, header in enumerate(headers) if preset and preset.column(header) == EMAIL]
    place = known[0] if known else first_email_header(headers)
    if place is not None:
        return sources[place]
    likely = [source for source in sources if source.seen.addresses * 2 > source.seen.filled]
    if len(likely) == 1:
        return likely[0]
    which = 'more than one column holds e-mail addresses; call the right one "email"'
    none = 'no column holds e-mail addresses; call it "email" in the first line'
    problems.append(Problem(Code.NOT_ALLOWED, which if likely else none, "file"))
    return None
