# mypy: disable-error-code="func-returns-value"
"""From the asked tree to the checked one: names become ids, values get their types, or every problem is told."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar, assert_never, cast

from app.filters.asked import Asked, AskedFilter, Wrong, only_entry, read
from app.filters.catalog import Catalog, Label, Segment
from app.filters.checked import (
    Condition,
    FieldPasses,
    Filter,
    HasAllLabels,
    HasAnyLabel,
    InAnySegment,
    Inlined,
    LabelsEmpty,
    Sample,
    StatusIs,
)
from app.filters.folding import fold
from app.filters.operators import LONGEST_TEXT, OPERATORS, operators_of, proper_list, read_flag, read_list
from app.filters.pins import with_pins
from app.filters.problems import Code, InvalidValue, Problem, Refused, did_you_mean, shown
from app.filters.tree import And, Not, Or, leaves
from app.filters.values import read_number, read_text
from app.filters.vocabulary import SegmentKind, Status

MOST_INLINED = 1_000
MOST_NESTED_SEGMENTS = 12
MOST_HINTS = 20

Found = TypeVar("Found")


def check(document: object, catalog: Catalog, *, path: str = "filter", within: int | None = None) -> Filter:
    """The checked filter of a FilterInput's JSON form (or of a stored document).

    `within` is the id of the segment that is to hold the filter, which it therefore may not refer to.
    Raises Refused with all the problems.
    """
    checking = _Checking(catalog, () if within is None else (within,), 0 if within is None else 1)
    tree = checking.tree(read(document, path))
    if checking.problems or tree is None:
        raise Refused(checking.problems)
    return tree


def segment_filter(segment: Segment, catalog: Catalog) -> Filter:
    """Who is in a segment of the catalog: by its filter and its pins, or by the list that it is.

    Checked once for each catalog.
    """
    if segment.id not in catalog.checked:
        listed = InAnySegment((Inlined(segment, None),))
        dynamic = segment.kind is SegmentKind.DYNAMIC
        catalog.checked[segment.id] = with_pins(check(segment.document, catalog), segment) if dynamic else listed
    return cast(Filter, catalog.checked[segment.id])


@dataclass
class _Spent:
    """What a check has cost so far, with all the segments it went into."""

    inlined: int = 0
    hints: int = 0


@dataclass
class _Checking:
    catalog: Catalog
    inside: tuple[int, ...]
    holding: int  # how many of `inside` hold the filter instead of being referred to by it
    spent: _Spent = field(default_factory=_Spent)
    problems: list[Problem] = field(default_factory=list)

    def tree(self, asked: AskedFilter) -> Filter | None:
        match asked:
            case And(parts):
                return And(_found(self.tree(part) for part in parts))
            case Or(parts):
                return Or(_found(self.tree(part) for part in parts))
            case Not(part):
                inner = self.tree(part)
                return None if inner is None else Not(inner)
            case Asked():
                return self.condition(asked)
            case Wrong(problems):
                self.problems.extend(problems)
                return None

    def condition(self, asked: Asked) -> Condition | None:
        match asked.about:
            case "status":
                return self.status(asked.value, asked.path)
            case "field":
                return self.field(asked.value, asked.path)
            case "label":
                return self.label(asked.value, asked.path)
            case "segment":
                return self.segment(asked.value, asked.path)
            case "sample":
                return self.sample(asked.value, asked.path)
            case _:
                assert_never(asked.about)

    def status(self, value: Any, path: str) -> Condition | None:
        def read_status(raw: object) -> Status:
            if not isinstance(raw, str) or raw not in Status.__members__:
                raise InvalidValue(Code.INVALID_STATUS, f"a status is one of {', '.join(Status.__members__)}")
            return Status(raw)

        statuses = self.value(lambda: read_list(value, read_status), path)
        return None if statuses is None else StatusIs(statuses)

    def field(self, value: Any, path: str) -> Condition | None:
        given = value if isinstance(value, dict) else {}
        key = given.get("key")
        found = self.catalog.fields.get(key) if isinstance(key, str) else None
        if found is None:
            named = f"there is no field {shown(key, 100)}" if isinstance(key, str) else "give the key of a field"
            self.refuse(Code.UNKNOWN_FIELD, named + self.hint(key, self.catalog.fields), f"{path}.key")
        test = only_entry(given.get("test"), f"{path}.test", tuple(OPERATORS), self.problems)
        if test is None or found is None:
            return None
        name, raw = test
        operator, place = OPERATORS[name], f"{path}.test.{name}"
        if found.type not in operator.types:
            known = ", ".join(operators_of(found.type))
            message = f"{found.name} is a {found.type.value} field, which takes {known}, but not {name}"
            return self.refuse(Code.OPERATOR_NOT_FOR_TYPE, message, place)
        checked = self.value(lambda: operator.read(raw, found, self.catalog.zone), place)
        return None if checked is None else FieldPasses(found, checked)

    def label(self, value: Any, path: str) -> Condition | None:
        entry = only_entry(value, path, ("containsAny", "containsAll", "isEmpty"), self.problems)
        if entry is None:
            return None
        name, raw = entry
        path = f"{path}.{name}"
        if name == "isEmpty":
            empty = self.value(lambda: read_flag(raw), path)
            return None if empty is None else LabelsEmpty(empty, tuple(self.catalog.labels.values()))
        labels = self.each(raw, path, self.one_label, lambda label: label.id)
        if labels is None:
            return None
        return HasAnyLabel(labels) if name == "containsAny" else HasAllLabels(labels)

    def one_label(self, raw: object, path: str) -> Label | None:
        found = self.catalog.labels.get(raw) if type(raw) is int else None
        if isinstance(raw, str):
            found = self.catalog.labels_by_name.get(fold(raw[:LONGEST_TEXT]))
        if found is None:
            named = f"there is no label {shown(raw, 100)}" if isinstance(raw, str) else "there is no such label"
            hint = self.hint(raw, (label.name for label in self.catalog.labels.values()))
            self.refuse(Code.UNKNOWN_LABEL, named + hint, path)
        return found

    def segment(self, value: Any, path: str) -> Condition | None:
        entry = only_entry(value, path, ("inAny",), self.problems)
        if entry is None:
            return None
        segments = self.each(entry[1], f"{path}.inAny", self.one_segment, lambda inlined: inlined.segment.id)
        return None if segments is None else InAnySegment(segments)

    def one_segment(self, raw: object, path: str) -> Inlined | None:
        found = self.catalog.segments.get(raw) if type(raw) is int else None
        if found is None:
            return self.refuse(Code.UNKNOWN_SEGMENT, "there is no such segment", path)
        if found.id in self.inside:
            return self.refuse(Code.SEGMENT_CYCLE, f'"{found.name}" would refer to itself through this', path)
        if found.kind is not SegmentKind.DYNAMIC:
            return Inlined(found, None)
        return self.inline(found, path)

    def inline(self, segment: Segment, path: str) -> Inlined | None:
        if len(self.inside) - self.holding >= MOST_NESTED_SEGMENTS:
            return self.refuse(
                Code.TOO_DEEP, f"segments refer to segments more than {MOST_NESTED_SEGMENTS} deep", path
            )
        # Once spent, nothing more is gone into, or diamonds upon diamonds would take for ever.
        if self.spent.inlined > MOST_INLINED:
            return None
        asked = read(segment.document, "filter")
        self.spent.inlined += sum(1 for _ in leaves(asked))
        if self.spent.inlined > MOST_INLINED:
            message = f"with the segments it refers to, the filter has more than {MOST_INLINED:,} conditions"
            return self.refuse(Code.TOO_MANY_CONDITIONS, message, path)
        inner = _Checking(self.catalog, (*self.inside, segment.id), self.holding, self.spent)
        tree = inner.tree(asked)
        for problem in inner.problems:
            self.refuse(problem.code, f'in segment "{segment.name}": {problem.message}', path)
        return None if tree is None or inner.problems else Inlined(segment, with_pins(tree, segment))

    def sample(self, value: Any, path: str) -> Condition | None:
        given = value if isinstance(value, dict) else {}
        percent = self.value(lambda: read_number(given.get("percent")), f"{path}.percent")
        offset = self.value(lambda: read_number(given.get("offset") or 0), f"{path}.offset")
        seed = self.value(lambda: read_text(given.get("seed"), LONGEST_TEXT), f"{path}.seed")
        if percent is None or offset is None or seed is None:
            return None
        if not 0 < percent <= 100:
            return self.refuse(
                Code.INVALID_PERCENT, "a sample is more than 0 and at most 100 percent", f"{path}.percent"
            )
        if not 0 <= offset <= 100 - percent:
            return self.refuse(Code.INVALID_PERCENT, "the slice must end at or before 100 percent", f"{path}.offset")
        return Sample(percent, seed, offset)

    def each(
        self,
        raw: object,
        path: str,
        one: Callable[[object, str], Found | None],
        id_of: Callable[[Found], int],
    ) -> tuple[Found, ...] | None:
        """What every value of a list names, once each; None where one of them is refused."""
        values = self.value(lambda: proper_list(raw), path)
        if values is None:
            return None
        found = [one(value, f"{path}[{place}]") for place, value in enumerate(values)]
        known = _found(found)
        return tuple({id_of(one): one for one in known}.values()) if len(known) == len(found) else None

    def hint(self, word: object, known: Iterable[str]) -> str:
        """Something near that is known; only for the first mistakes, since looking takes its time."""
        self.spent.hints += 1
        return did_you_mean(word, known) if isinstance(word, str) and self.spent.hints <= MOST_HINTS else ""

    def value(self, read: Callable[[], Found], path: str) -> Found | None:
        try:
            return read()
        except InvalidValue as invalid:
            return self.refuse(invalid.code, invalid.message, path)

    def refuse(self, code: Code, message: str, path: str) -> None:
        self.problems.append(Problem(code, message, path))


def _found(values: Iterable[Found | None]) -> tuple[Found, ...]:
    return tuple(value for value in values if value is not None)
