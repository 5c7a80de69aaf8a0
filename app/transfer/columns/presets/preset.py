"""What a preset says of a tool's export, and the words in which it says so."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.filters.vocabulary import FieldType, Status
from app.transfer.columns.plan import Column, Role, Rule
from app.transfer.columns.statuses import ANY_OTHER, NO, YES, Words, words

EMAIL = Column(Role.EMAIL)
LABELS = Column(Role.LABELS, rule=Rule.ADD)
NOTHING = Column(Role.NOTHING)
TEXT_FIELD = Column(Role.FIELD)
FIRST_NAME = Column(Role.FIELD, "first_name", name_part=1)
LAST_NAME = Column(Role.FIELD, "last_name", name_part=2)

# Columns that say yes for who must not be mailed, and that only speak of those.
OPTED_OUT = words(unsubscribed=YES, silent=NO)
BOUNCED = words(hard_bounce=(ANY_OTHER,), silent=NO)


@dataclass(frozen=True, slots=True)
class Preset:
    """A tool's export. Headers are written as `words.plain` gives them.

    It is recognised by any of `signs`, sets of headers. `starts` are for headers that go on with a name of the
    user's. `objects` are the columns of JSON objects; `implied` ones, where filled, say the status of the whole file;
    `dates` is the form that holds where the values fit several.
    """

    tool: str
    signs: tuple[frozenset[str], ...]
    columns: Mapping[str, Column]
    starts: tuple[tuple[str, Column], ...] = ()
    objects: frozenset[str] = frozenset()
    implied: Mapping[str, Status] = field(default_factory=dict)
    dates: str = ""

    def column(self, header: str) -> Column | None:
        """What the header, in plain words, is known to be; None where the tool's export has no such column."""
        found = self.columns.get(header)
        return found or next((column for start, column in self.starts if header.startswith(start)), None)


def signs(*headers: str) -> tuple[frozenset[str], ...]:
    """Each text is a set of headers, between commas."""
    return tuple(frozenset(one.strip() for one in header.split(",")) for header in headers)


def text(key: str) -> Column:
    """A column that is one of the system's texts."""
    return Column(Role.TEXT, key)


def time(key: str) -> Column:
    """A column that is one of the system's times."""
    return Column(Role.TIME, key, type=FieldType.DATETIME)


def status(given: Words) -> Column:
    """A column that says whether a contact may be mailed."""
    return Column(Role.STATUS, words=given)
