"""What reasoning tells of a filter, as short as a table of cases needs it."""

from typing import Any

from app.filters.advice.reasoning import verdicts
from app.filters.catalog import Catalog
from app.filters.check import check
from app.filters.clock import Clock
from app.filters.sight.nodes import node_of
from tests.filters.advice.crowds import AT
from tests.filters.catalogs import CATALOG, JAKARTA

Document = dict[str, Any]

ACTIVE, PENDING = {"status": ["ACTIVE"]}, {"status": ["PENDING"]}
VIP = {"label": {"containsAny": ["VIP"]}}


def no(document: Document) -> Document:
    """Everyone else."""
    return {"not": document}


def every(*documents: Document) -> Document:
    """All of them."""
    return {"and": list(documents)}


def some(*documents: Document) -> Document:
    """Any of them."""
    return {"or": list(documents)}


def told(document: Document, catalog: Catalog = CATALOG) -> list[tuple[str, str, list[str]]]:
    """Kind, path, and the paths of what makes it so, all after `filter`."""
    found = verdicts(node_of(check(document, catalog)), Clock(AT, JAKARTA))
    return [(each.kind.name, _after(each.node.path), [_after(node.path) for node in each.because]) for each in found]


def _after(path: str) -> str:
    return path.removeprefix("filter")
