"""Items, read one by one: what each would write, or every problem with it."""

from collections.abc import Container, Sequence
from dataclasses import dataclass, field, replace

from app.filters.catalog import SYSTEM_KEYS, Catalog
from app.filters.folding import fold
from app.filters.problems import Code, Problem, Problems, Refused, did_you_mean
from app.filters.vocabulary import Status
from app.queries.contact_values import (
    MOST_GIVEN,
    MOST_HINTS,
    SYSTEM_TEXTS,
    Patch,
    read_label_ids,
    read_patch,
    read_system_text,
)
from app.queries.emails import fold_email, read_email_at
from app.queries.upserts.asked import MOST_ITEMS, Item, Upsert, UpsertKey

MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Row:
    """What an item would write. Of one with problems only whom it is about and that he opted out will count."""

    index: int
    email: str | None = None
    email_folded: str = ""
    external_id: str | None = None
    name: str | None = None
    source: str | None = None
    status: Status | None = None
    consent: str | None = None
    label_ids: Sequence[int] = ()
    patch: Patch = field(default_factory=Patch)
    problems: tuple[Problem, ...] = ()

    @property
    def path(self) -> str:
        """The item's place in the request."""
        return path_of(self.index)


def path_of(index: int) -> str:
    """An item's place in the request."""
    return f"input.items[{index}]"


def read_rows(upsert: Upsert, catalog: Catalog) -> list[Row]:
    """The items as rows, in order; raises Refused where the call as a whole can't be done."""
    if not 1 <= len(upsert.items) <= MOST_ITEMS:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give 1 to {MOST_ITEMS:,} items", "input.items")
    if upsert.status not in (Status.ACTIVE, Status.PENDING):
        message = "new contacts are ACTIVE or PENDING, unless their item says otherwise"
        raise Refused.because(Code.NOT_ALLOWED, message, "input.status")
    consent = read_system_text(upsert.consent, "input.consent")
    rows, told = list[Row](), 0
    for index, item in enumerate(upsert.items):
        row = _read(index, item, upsert.key, catalog, max(0, MOST_HINTS - told))
        rows.append(row if row.consent else replace(row, consent=consent))
        told += len(row.problems)
    return rows


def _read(index: int, item: Item, key: UpsertKey, catalog: Catalog, most_hints: int) -> Row:
    path, problems = path_of(index), Problems()
    read = problems.reading
    email = read(_read_email, item.email, key, f"{path}.email")
    texts = {name: read(read_system_text, getattr(item, name), f"{path}.{name}") for name in ("name", "source")}
    texts["external_id"] = external_id = read(_read_external_id, item.external_id, key, f"{path}.externalId")
    consent = read(read_system_text, item.consent, f"{path}.consent")
    label_ids = read(read_label_ids, item.labels, catalog, f"{path}.labels", most_hints=most_hints)
    patch = read(read_patch, item.fields, catalog, f"{path}.fields", most_hints=most_hints) or Patch()
    folded = {name: fold(text) for name, text in texts.items() if text is not None}
    read(_check_cleared, item.clear, folded | patch.folded, key, catalog, f"{path}.clear", most_hints)
    row = Row(index, email, fold_email(email or ""), external_id, status=item.status)
    if problems.found:
        return replace(row, problems=tuple(problems.found[:MOST_TOLD]))
    whole = Patch(patch.entered, patch.folded | folded, list(item.clear))
    return replace(row, **texts, consent=consent, label_ids=label_ids, patch=whole)


def _read_email(raw: str | None, key: UpsertKey, path: str) -> str | None:
    is_left_out = raw is None or not raw.strip()
    return None if is_left_out and key is not UpsertKey.EMAIL else read_email_at(raw, path)


def _read_external_id(raw: str | None, key: UpsertKey, path: str) -> str | None:
    text = read_system_text(raw, path)
    if text is None and key is UpsertKey.EXTERNAL_ID:
        raise Refused.because(Code.REQUIRED, "an external id is needed, for items are known by it", path)
    return text


def _check_cleared(
    keys: Sequence[str], given: Container[str], key: UpsertKey, catalog: Catalog, path: str, most_hints: int
) -> None:
    """Raises Refused with every key that can't be cleared."""
    if len(keys) > MOST_GIVEN:
        raise Refused.because(Code.TOO_MANY_VALUES, f"give at most {MOST_GIVEN:,} keys at once", path)
    kept = SYSTEM_KEYS - set(SYSTEM_TEXTS) | {key.value.lower()}
    problems = Problems()
    for place, cleared in enumerate(keys):
        hint = len(problems.found) < most_hints
        problems.reading(_check_key, cleared, given, kept, catalog, f"{path}[{place}]", hint)
    if problems.found:
        raise Refused(problems.found)


def _check_key(
    cleared: str, given: Container[str], kept: Container[str], catalog: Catalog, path: str, hint: bool
) -> None:
    if cleared not in catalog.fields:
        near = did_you_mean(cleared, catalog.fields) if hint else ""
        raise Refused.because(Code.UNKNOWN_FIELD, f'there is no field "{cleared[:100]}"{near}', path)
    name = catalog.fields[cleared].name
    if cleared in kept:
        raise Refused.because(Code.READ_ONLY, f"{name} can't be cleared here", path)
    if cleared in given:
        raise Refused.because(Code.NOT_ALLOWED, f"{name} can't be set and cleared at once", path)
