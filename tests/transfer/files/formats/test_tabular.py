"""Rows of other kinds of file as CSV."""

from app.transfer.files.formats.tabular import CHUNK_CHARACTERS, csv_chunks


def test_chunks_are_cut_by_their_size_and_not_by_rows() -> None:
    chunks = [*csv_chunks(["x" * 600_000] for _ in range(10))]
    assert b"".join(chunks) == b"".join(b"x" * 600_000 + b"\r\n" for _ in range(10))
    assert max(map(len, chunks)) < CHUNK_CHARACTERS + 600_010
