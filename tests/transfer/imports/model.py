"""What an import means, said once more in plain Python: no SQL, no parts, one row after another."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

OPTED_OUT = ("UNSUBSCRIBED", "HARD_BOUNCE")
STATUSES = {
    "": None,
    "active": "ACTIVE",
    "pending": "PENDING",
    "unsubscribed": "UNSUBSCRIBED",
    "bounced": "HARD_BOUNCE",
}
VALUES = ("name", "external_id", "city", "age")


@dataclass(frozen=True)
class Row:
    """The cells of a line as written; None where the line has too few."""

    email: str
    name: str = ""
    external_id: str = ""
    city: str = ""
    age: str = ""
    status: str = ""
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rules:
    """How a file is read: its mode, and by column OVERWRITE, FILL, CLEARS, or ADD for labels."""

    mode: str = "CREATE_AND_UPDATE"
    status: str = "PENDING"
    rules: Mapping[str, str] = field(default_factory=dict)

    def rule(self, key: str) -> str:
        """A column's."""
        return self.rules.get(key, "ADD" if key == "labels" else "OVERWRITE")


@dataclass(frozen=True)
class Person:
    """A contact; `values` are those that it has."""

    email: str
    status: str
    values: Mapping[str, str | float] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()


@dataclass
class Outcome:
    """What an import came to: contacts by address, their numbers, and the refused lines."""

    people: dict[str, Person]
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[int] = field(default_factory=list)

    @property
    def numbers(self) -> tuple[int, int, int, int]:
        """Created, changed, unchanged, refused."""
        return self.created, self.changed, self.unchanged, len(self.refused)


@dataclass(frozen=True)
class Read:
    """A row as it is understood; of one that is not `sound` just the address and the status are left."""

    line: int
    address: str
    email: str
    status: str | None
    values: Mapping[str, str | float] = field(default_factory=dict)
    labels: frozenset[str] = frozenset()
    sound: bool = True


def imported(people: Mapping[str, Person], unwanted: frozenset[str], rows: list[Row], rules: Rules) -> Outcome:
    """The workspace after the rows, the first of which is on line 2."""
    outcome = Outcome(dict(people))
    staged = [one for line, row in enumerate(rows, start=2) if (one := understood(line, row, outcome.refused))]
    staged = left(staged, outcome.refused, lambda row: row.address in unwanted, keeps_new=False, people=people)
    staged = without_twins(staged, outcome.refused)
    owners: dict[str | float, str] = {
        person.values["external_id"]: email for email, person in people.items() if "external_id" in person.values
    }

    def is_taken(row: Read) -> bool:
        return owners.get(row.values.get("external_id", ""), row.address) != row.address

    claimed: dict[str | float, int] = {}
    for row in staged:
        if "external_id" in row.values and not is_taken(row):
            claimed.setdefault(row.values["external_id"], row.line)
    staged = left(
        staged, outcome.refused, lambda row: claimed.get(row.values.get("external_id", ""), row.line) != row.line
    )
    staged = left(staged, outcome.refused, is_taken)
    staged = left(staged, outcome.refused, lambda row: rules.mode == "CREATE" and row.address in people)
    staged = left(staged, outcome.refused, lambda row: rules.mode == "UPDATE" and row.address not in people)
    for row in staged:
        merge(outcome, row, rules)
    outcome.refused.sort()
    return outcome


def understood(line: int, row: Row, refused: list[int]) -> Read | None:
    """The row as it is staged; None where nothing of it counts."""
    address = row.email.strip()
    is_sound = "@" in address and row.age != "many" and row.status in STATUSES
    if not is_sound:
        refused.append(line)
    status = STATUSES.get(row.status)
    if not is_sound and ("@" not in address or status not in OPTED_OUT):
        return None
    read = Read(line, address.lower(), address, status, sound=is_sound)
    if not is_sound:
        return read
    values: dict[str, str | float] = {key: text for key in VALUES if (text := getattr(row, key))}
    return replace(
        read,
        values=values | ({"age": float(row.age)} if row.age else {}),
        labels=frozenset(row.labels),
    )


def left(
    staged: Iterable[Read],
    refused: list[int],
    is_out: Callable[[Read], bool],
    *,
    keeps_new: bool = True,
    people: Mapping[str, Person] | None = None,
) -> list[Read]:
    """The rows without those that are out, but for the opt-outs among these."""
    kept = []
    for row in staged:
        if not (row.sound or people is not None) or not is_out(row):
            kept.append(row)
            continue
        if row.sound:
            refused.append(row.line)
        if row.status in OPTED_OUT and (keeps_new or row.address in (people or {})):
            kept.append(replace(row, values={}, labels=frozenset(), sound=False))
    return kept


def without_twins(staged: list[Read], refused: list[int]) -> list[Read]:
    """Of each address the last sound row, else the last, with the strictest refusal of mail of all of them."""
    by_address: dict[str, list[Read]] = {}
    for row in staged:
        by_address.setdefault(row.address, []).append(row)
    kept = []
    for rows in by_address.values():
        last = max(rows, key=lambda row: (row.sound, row.line))
        said = [status for status in OPTED_OUT if any(row.status == status for row in rows)]
        kept.append(replace(last, status=said[0]) if said else last)
        refused.extend(row.line for row in rows if row.sound and row is not last)
    return sorted(kept, key=lambda row: row.line)


def merge(outcome: Outcome, row: Read, rules: Rules) -> None:
    """Make or change the row's contact."""
    old = outcome.people.get(row.address)
    if old is None:
        if rules.mode != "UPDATE" or row.status in OPTED_OUT:
            made = Person(row.email, row.status or rules.status, row.values, row.labels)
            outcome.people[row.address] = made
            outcome.created += 1
        return
    new = changed(old, row, rules)
    outcome.people[row.address] = new
    outcome.changed += new != old
    outcome.unchanged += new == old


def changed(old: Person, row: Read, rules: Rules) -> Person:
    """The contact as the row leaves it."""
    stricter = old.status not in OPTED_OUT and row.status in OPTED_OUT
    status = row.status if stricter and row.status else old.status
    if not row.sound:
        return replace(old, status=status)
    values = dict(old.values)
    for key in VALUES:
        if key in row.values and not (rules.rule(key) == "FILL" and key in values):
            values[key] = row.values[key]
        elif key not in row.values and rules.rule(key) == "CLEARS":
            values.pop(key, None)
    return Person(old.email, status, values, labels_of(old, row, rules.rule("labels")))


def labels_of(old: Person, row: Read, rule: str) -> frozenset[str]:
    """The contact's labels, by the column's rule."""
    match rule:
        case "ADD":
            return old.labels | row.labels
        case "FILL":
            return old.labels or row.labels
        case "OVERWRITE":
            return row.labels or old.labels
        case _:
            return row.labels
