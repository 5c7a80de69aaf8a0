"""A file's rows as they are staged: cells read column by column, JSON text put together from their parts."""

from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import cast

from app.filters.catalog import Catalog
from app.filters.folding import fold
from app.filters.vocabulary import Status
from app.transfer.columns.planning import Column, Role
from app.transfer.files.csv_rows import CsvFile, Refuse
from app.transfer.imports.cells import Cells, Fault, email_cells, field_cells, label_cells, status_cells, text_cells

BATCH = 2_000
OPTED_OUT = (Status.UNSUBSCRIBED.value, Status.HARD_BOUNCE.value)

Staged = tuple[object, ...]
Parts = Sequence[tuple[str, str] | None]


def staged_rows(file: CsvFile, columns: Sequence[Column], catalog: Catalog, refuse: Refuse) -> Iterator[Staged]:
    """The rows in the order of app.queries.imports.STAGED; the others go to `refuse`.

    Of a refused row that says that a person must not be mailed, just this is staged.
    The catalog has all fields and labels that the columns name.
    """
    used = [(place, column) for place, column in enumerate(columns) if column.role is not Role.NOTHING]
    cells = [_cells(column, catalog) for _, column in used]
    assembly = _Assembly([column for _, column in used])
    reading = file.rows(refuse)
    while batch := list(islice(reading, BATCH)):
        across = list(zip(*(row for _, row in batch), strict=True))
        read = [map(kept.__getitem__, across[place]) for kept, (place, _) in zip(cells, used, strict=True)]
        for (line, _), values in zip(batch, zip(*read, strict=True), strict=True):
            faults = [value.reason for value in values if type(value) is Fault]
            if not faults:
                yield assembly.staged(line, values)
                continue
            refuse(line, "; ".join(faults))
            if (opted_out := assembly.opt_out(line, values)) is not None:
                yield opted_out


def _cells(column: Column, catalog: Catalog) -> Cells:
    match column.role:
        case Role.EMAIL:
            return email_cells()
        case Role.TEXT:
            return text_cells(column.key, column.name)
        case Role.STATUS:
            return status_cells(column.name)
        case Role.LABELS:
            return label_cells(column.name, {fold(label.name): label.id for label in catalog.labels.values()})
        case _:
            return field_cells(catalog.fields[column.key], catalog.zone)


class _Assembly:
    """Where in a row's values each part stands."""

    def __init__(self, columns: Sequence[Column]) -> None:
        places = {role: [at for at, column in enumerate(columns) if column.role is role] for role in Role}
        texts = {columns[at].key: at for at in places[Role.TEXT]}
        self.email = places[Role.EMAIL][0]
        self.texts = [texts.get(key, -1) for key in ("name", "source", "external_id")]
        self.status = places[Role.STATUS][0] if places[Role.STATUS] else -1
        self.labels = places[Role.LABELS]
        self.fields = places[Role.FIELD]

    def opt_out(self, line: int, values: Sequence[object]) -> Staged | None:
        """The address and the status alone, where both can be read and the status refuses mail."""
        email, status = values[self.email], (*values, None)[self.status]
        if isinstance(email, Fault) or status not in OPTED_OUT:
            return None
        address, folded = cast(tuple[str, str], email)
        return line, address, folded, None, None, None, status, [], "{}", "{}", True

    def staged(self, line: int, values: Sequence[object]) -> Staged:
        # None stands behind the last value, where the places of missing columns point.
        given: Sequence[object] = (*values, None)
        email: tuple[str, str] = given[self.email]  # type: ignore[assignment]
        texts: Parts = [given[at] for at in self.texts]  # type: ignore[misc]
        fields: Parts = [part for at in self.fields if (part := given[at])]  # type: ignore[misc]
        folded = [part[1] for part in chain(fields, texts) if part]
        labels: list[int] = sorted(set().union(*(given[at] for at in self.labels)))  # type: ignore[arg-type]
        return (
            line,
            *email,
            *(text and text[0] for text in texts),
            given[self.status],
            labels,
            "{" + ",".join([part[0] for part in fields if part]) + "}",
            "{" + ",".join(folded) + "}",
            False,
        )
