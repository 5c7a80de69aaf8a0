"""Whether two checked filters mean the same contacts: by a digest in which nothing stands that a rename changes."""

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from app.filters import checked
from app.filters.catalog import Catalog, Segment
from app.filters.check import segment_filter
from app.filters.checked import Condition, Filter
from app.filters.document import write
from app.filters.pins import without_pins
from app.filters.tree import And, Not, Or, leaves

# Goes up when a condition comes to mean other contacts than before.
EDITION = 1


def segment_meaning(segment: Segment, catalog: Catalog) -> str:
    """What a dynamic segment of the catalog means. Told once for each catalog; raises Refused as its check does."""
    if segment.id not in catalog.meanings:
        catalog.meanings[segment.id] = meaning(segment_filter(segment, catalog), catalog)
    return catalog.meanings[segment.id]


def meaning(tree: Filter, catalog: Catalog) -> str:
    """A digest of the filter with all that it inlines, without pins, as the catalog's workspace understands it.

    A label that nobody has yet changes no answer; one that is archived does, where it is asked for any label.
    """
    archived = sorted(catalog.archived_labels) if concerns(tree).any_label else []
    told = [EDITION, catalog.zone.key, archived, _spelled(without_pins(tree))]
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _spelled(tree: Filter) -> Any:
    match tree:
        case And(parts):
            return {"and": [_spelled(part) for part in parts]}
        case Or(parts):
            return {"or": [_spelled(part) for part in parts]}
        case Not(part):
            return {"not": _spelled(part)}
        case checked.InAnySegment(segments):
            return {"or": [_inlined(one) for one in segments]}
        case _:
            return write(tree)


def _inlined(one: checked.Inlined) -> Any:
    if one.filter is None:
        return {"list": one.segment.id}
    # Segments with the same filter may have other pins.
    return {"segment": one.segment.id, "means": _spelled(without_pins(one.filter))}


@dataclass(frozen=True, slots=True)
class Concerns:
    """What a contact's being in depends on: what of a contact has to change before it can enter or leave.

    `labels` are ids, `lists` those of the segments on which somebody may put it by hand, or pin it to; `statuses` and
    `any_label` tell that the status counts, or whether there is a label at all.
    """

    fields: frozenset[str]
    labels: frozenset[int]
    lists: frozenset[int]
    statuses: bool
    any_label: bool


def concerns(tree: Filter, *own: int) -> Concerns:
    """What the filter depends on, with all that it inlines; and, of a segment, on its own pins, by its id."""
    seen = _conditions(tree)
    labelled = [one for one in seen if isinstance(one, checked.HasAnyLabel | checked.HasAllLabels)]
    inlined = [one for each in seen if isinstance(each, checked.InAnySegment) for one in each.segments]
    return Concerns(
        fields=frozenset(one.field.key for one in seen if isinstance(one, checked.FieldPasses)),
        labels=frozenset(label.id for one in labelled for label in one.labels),
        lists=frozenset((*own, *(one.segment.id for one in inlined))),
        statuses=any(isinstance(one, checked.StatusIs) for one in seen),
        any_label=any(isinstance(one, checked.LabelsEmpty) for one in seen),
    )


def _conditions(tree: Filter) -> list[Condition]:
    """The conditions of the tree and of what it inlines."""
    found: list[Condition] = list(leaves(tree))
    for leaf in list(found):
        if isinstance(leaf, checked.InAnySegment):
            found += [inner for one in leaf.segments if one.filter for inner in _conditions(one.filter)]
    return found
