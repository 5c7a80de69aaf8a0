"""What a write puts on a contact's row: values as entered and as compared, or every problem with them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from app.filters.catalog import SYSTEM_KEYS, Catalog
from app.filters.folding import fold
from app.filters.problems import Code, InvalidValue, Problem, Refused, did_you_mean
from app.filters.values import Json, read_text, read_value

LONGEST_SYSTEM_TEXT = 500
SYSTEM_TEXTS = ("name", "source", "external_id")
MOST_GIVEN = 1_000
MOST_HINTS = 20


@dataclass(frozen=True, slots=True)
class Patch:
    """Custom values to set, by key, as entered and as compared; and the keys to clear."""

    entered: dict[str, Json] = field(default_factory=dict)
    folded: dict[str, Json] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)


def read_patch(
    values: Sequence[tuple[str, Any]], catalog: Catalog, path: str, *, most_hints: int = MOST_HINTS
) -> Patch:
    """The patch for (key, raw value) pairs; a null or blank value clears. Raises Refused with all problems."""
    patch, problems = Patch(), list[Problem]()
    if len(values) > MOST_GIVEN:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give at most {MOST_GIVEN:,} values at once", path)
    for place, (key, raw) in enumerate(values):
        try:
            _put(patch, key, raw, catalog, hint=len(problems) < most_hints)
        except InvalidValue as invalid:
            at = "key" if invalid.code in (Code.UNKNOWN_FIELD, Code.READ_ONLY) else "value"
            problems.append(Problem(invalid.code, invalid.message, f"{path}[{place}].{at}"))
    if problems:
        raise Refused(problems)
    return patch


def _put(patch: Patch, key: str, raw: object, catalog: Catalog, *, hint: bool) -> None:
    found = catalog.fields.get(key)
    if found is None:
        near = did_you_mean(key, catalog.fields) if hint else ""
        raise InvalidValue(Code.UNKNOWN_FIELD, f'there is no field "{key[:100]}"{near}')
    if key in SYSTEM_KEYS:
        raise InvalidValue(Code.READ_ONLY, f"{found.name} is kept by the system and can't be set as a custom field")
    value = read_value(raw, found, catalog.zone)
    if key in patch.entered or key in patch.cleared:
        raise InvalidValue(Code.TAKEN, f"{found.name} is given twice")
    if value is None:
        patch.cleared.append(key)
    else:
        patch.entered[key], patch.folded[key] = value


def read_system_text(raw: str | None, path: str) -> str | None:
    """A system text (name, source, external id, a note); None where blank. Raises Refused."""
    if raw is None:
        return None
    try:
        text = read_text(raw, LONGEST_SYSTEM_TEXT)
    except InvalidValue as invalid:
        raise Refused.because(invalid.code, invalid.message, path) from None
    return text if fold(text) else None


def to_json(values: object) -> str:
    """As jsonb takes it, decimals to the last digit."""
    return orjson.dumps(values, default=_exact).decode()


def _exact(value: object) -> orjson.Fragment:
    if isinstance(value, Decimal):
        return orjson.Fragment(format(value, "f"))
    raise TypeError


def read_label_ids(
    refs: Iterable[int | str], catalog: Catalog, path: str, *, most_hints: int = MOST_HINTS
) -> list[int]:
    """Ids of labels given by id or by name; raises Refused with all problems."""
    found, problems, given = list[int](), list[Problem](), list(refs)
    if len(given) > MOST_GIVEN:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give at most {MOST_GIVEN:,} labels at once", path)
    for place, ref in enumerate(given):
        label = (
            catalog.labels.get(ref) if isinstance(ref, int) else catalog.labels_by_name.get(fold(ref[:MOST_GIVEN]))
        )
        if label is None:
            names = (label.name for label in catalog.labels.values())
            hint = did_you_mean(str(ref), names) if len(problems) < most_hints else ""
            message = f'there is no label "{str(ref)[:100]}"{hint}'
            problems.append(Problem(Code.UNKNOWN_LABEL, message, f"{path}[{place}]"))
        else:
            found.append(label.id)
    if problems:
        raise Refused(problems)
    return sorted(set(found))


def refuse_contradiction(add: Sequence[int], remove: Sequence[int]) -> None:
    """Raises Refused where a label is to be added and removed at once."""
    if set(add) & set(remove):
        raise Refused.because(Code.NOT_ALLOWED, "a label can't be added and removed at once", "input.removeLabels")
