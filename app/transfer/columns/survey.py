"""A file looked through, whatever its size: how many rows, and what its columns hold."""

from collections.abc import Iterable, Sequence
from itertools import chain

from app.transfer.columns.expansion import LONGEST_KEY, MOST_KEYS, Expansion, cell_of, object_of
from app.transfer.columns.presets import preset_for
from app.transfer.columns.seen import Seen
from app.transfer.columns.words import plain


class Survey:
    """A file looked through batch by batch: how many rows, and what each column holds.

    A column that the tool's preset knows for JSON objects has columns of its own for their keys, behind the header's.
    """

    def __init__(self, header: Sequence[str], tool: str | None = None, *, decimal_comma: bool = False) -> None:
        """`tool` as `planning.plan` takes it; raises Refused where there is no such tool.

        `decimal_comma`: numbers that can be read in two ways have a comma before their decimals.
        """
        preset = preset_for(header, tool)
        objects = preset.objects if preset else frozenset()
        self.header = tuple(header)
        self.decimal_comma = decimal_comma
        self.rows = 0
        self.too_many_keys = False
        self._own = tuple(Seen() for _ in header)
        self._keys: dict[int, dict[str, Seen]] = {
            place: {} for place, name in enumerate(header) if plain(name) in objects
        }

    @property
    def columns(self) -> tuple[Seen, ...]:
        """The header's, then those of all expansions."""
        return self.columns_with(self.expansions)

    def columns_with(self, expansions: Iterable[Expansion]) -> tuple[Seen, ...]:
        """The header's, then those of the expansions that a plan has kept."""
        return (*self._own, *chain.from_iterable(self._keys[one.place].values() for one in expansions))

    @property
    def expansions(self) -> tuple[Expansion, ...]:
        """The columns of JSON objects, with the keys seen."""
        return tuple(Expansion(place, tuple(keys)) for place, keys in self._keys.items() if keys)

    def see(self, rows: Sequence[Sequence[str]]) -> None:
        """Take in some more rows, each of as many cells as the header."""
        self.rows += len(rows)
        for place, cells in enumerate(zip(*rows, strict=True)):
            self._own[place].see(cells)
            if place in self._keys:
                self._expand(self._keys[place], cells)

    def _expand(self, keys: dict[str, Seen], cells: Iterable[str]) -> None:
        found: dict[str, list[str]] = {}
        for cell in cells:
            for key, value in object_of(cell).items():
                found.setdefault(key, []).append(cell_of(value))
        for key, values in found.items():
            if key in keys or (len(keys) < MOST_KEYS and len(key) <= LONGEST_KEY):
                keys.setdefault(key, Seen()).see(values)
            else:
                self.too_many_keys = True
