"""What the caller asks of one column: where it goes, by which rule, in which form."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.filters.catalog import SYSTEM_KEYS, Catalog
from app.filters.problems import Code, InvalidValue, Refused, did_you_mean, shown
from app.filters.vocabulary import FieldType
from app.queries.names import read_name
from app.transfer.columns import dates, numbers
from app.transfer.columns.fields import existing_field
from app.transfer.columns.given_words import read_words
from app.transfer.columns.plan import Column, Role, Rule
from app.transfer.columns.presets.preset import EMAIL, FIRST_NAME, LABELS, LAST_NAME, NOTHING, text, time
from app.transfer.columns.statuses import Words
from app.transfer.columns.words import plain

TARGETS: Mapping[str, Column] = {
    "email": EMAIL,
    "name": text("name"),
    "source": text("source"),
    "external_id": text("external_id"),
    "status": Column(Role.STATUS),
    "labels": LABELS,
    "created_at": time("created_at"),
    "subscribed_at": time("subscribed_at"),
    "first_name": FIRST_NAME,
    "last_name": LAST_NAME,
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the caller says of one column; None is what they leave open.

    `column` is where it goes: a target, a field there is, or a new one, which has its name but no key yet.
    """

    column: Column | None = None
    type: FieldType | None = None
    rule: Rule | None = None
    clears: bool | None = None
    dates: str | None = None
    numbers: str | None = None
    words: Words | None = None


def read_asked(entry: object, catalog: Catalog, faults: list[InvalidValue], *, hint: bool) -> Asked:
    """What an entry of the mapping asks; what is wrong with it is added to `faults`, with a hint where wanted."""
    if entry is None:
        return Asked(NOTHING)
    if isinstance(entry, str):
        return Asked(_tried(faults, _known_target, entry, catalog, hint))
    if not isinstance(entry, dict):
        message = "say a field's key, null to leave the column out, or what the column becomes as {to: …}"
        faults.append(InvalidValue(Code.ONE_OF, message))
        return Asked()
    read = dict[str, Any]()
    for option, value in entry.items():
        if option == "to":
            read["column"] = _tried(faults, _target, value, catalog)
        elif option in _OPTIONS:
            read[option] = _tried(faults, _OPTIONS[option], value)
        else:
            faults.append(_unknown(str(option), ("to", *_OPTIONS), "option"))
    return Asked(**read)


def _tried(faults: list[InvalidValue], read: Callable[..., Any], *given: object) -> Any:
    try:
        return read(*given)
    except InvalidValue as invalid:
        faults.append(invalid)
        return None


def _known_target(raw: str, catalog: Catalog, hint: bool) -> Column:
    target = _target(raw, catalog)
    if target.is_new:
        near = did_you_mean(raw, (*TARGETS, *catalog.fields)) if hint else ""
        message = f'there is no field {shown(raw)} (to make it, write {{"to": {shown(raw)}}}){near}'
        raise InvalidValue(Code.UNKNOWN_FIELD, message)
    return target


def _target(raw: object, catalog: Catalog) -> Column:
    if raw is None:
        return NOTHING
    if not isinstance(raw, str) or not raw.strip():
        raise InvalidValue(Code.REQUIRED, "say the field that this column goes to")
    name = _name(raw)
    word = plain(name).replace(" ", "_")
    if word in TARGETS:
        return TARGETS[word]
    if word in SYSTEM_KEYS:
        raise InvalidValue(Code.READ_ONLY, f"{catalog.fields[word].name} is kept by the system and can't be imported")
    if found := existing_field(name, catalog):
        return Column(Role.FIELD, found.key, found.name, found.type)
    return Column(Role.FIELD, name=name, is_new=True)


def _name(raw: str) -> str:
    try:
        return read_name(raw, "mapping")
    except Refused as refused:
        problem = refused.problems[0]
        raise InvalidValue(problem.code, problem.message) from None


def _type(raw: object) -> FieldType:
    if raw == FieldType.CHOICE.value:
        raise InvalidValue(Code.NOT_ALLOWED, "a CHOICE field needs its options; make the field first")
    return FieldType(_one_of(raw, [kind.value for kind in FieldType], "type"))


def _rule(raw: object) -> Rule:
    return Rule(_one_of(raw, [rule.value for rule in Rule], "rule"))


def _clears(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise InvalidValue(Code.INVALID_BOOLEAN, "whether an empty cell clears the value is true or false")
    return raw


def _dates(raw: object) -> str:
    form = _one_of(raw, ["ISO", *filter(None, dates.FORMS)], "form of dates")
    return "" if form == "ISO" else form


def _numbers(raw: object) -> str:
    form = _one_of(raw, ["plain", *filter(None, numbers.FORMS)], "form of numbers")
    return "" if form == "plain" else form


_OPTIONS: Mapping[str, Callable[[object], object]] = {
    "type": _type,
    "rule": _rule,
    "clears": _clears,
    "dates": _dates,
    "numbers": _numbers,
    "words": read_words,
}


def _one_of(raw: object, known: Sequence[str], what: str) -> str:
    if not isinstance(raw, str) or raw not in known:
        raise _unknown(raw, known, what)
    return raw


def _unknown(raw: object, known: Sequence[str], what: str) -> InvalidValue:
    listed = ", ".join(filter(None, known))
    return InvalidValue(Code.UNKNOWN_OPTION, f"{shown(raw)} is no {what}; it is one of {listed}")
