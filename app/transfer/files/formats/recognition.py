"""What a file is, told from its first bytes; what has no rows to read is refused with what to do about it."""

import re

from app.transfer.files.csv_faults import refused

_ZIP = b"PK\x03\x04"
_SHEETS = (b"[Content_Types].xml", b"_rels/.rels", b"opendocument.spreadsheet")
_SPREADSHEET = "this is a spreadsheet, as Excel keeps it; open it there and save it as CSV (UTF-8)"
_WEB_PAGE = re.compile(rb"\s*<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_OTHERS = {
    b"\x1f\x8b": "this file is packed by gzip twice; unpack it once",
    b"\xd0\xcf\x11\xe0": _SPREADSHEET,
    b"%PDF": "this is a PDF document; save the table that it was made from as CSV",
    b"BZh": "this file is packed by bzip2; unpack it, or pack it by gzip",
    b"\xfd7zXZ": "this file is packed by xz; unpack it, or pack it by gzip",
    b"\x28\xb5\x2f\xfd": "this file is packed by zstd; unpack it, or pack it by gzip",
    b"7z\xbc\xaf": "this is a 7z archive; unpack it and give the file within",
    b"Rar!": "this is a RAR archive; unpack it and give the file within",
}


def is_gzip(start: bytes) -> bool:
    """Whether a file that starts so is packed by gzip."""
    return start.startswith(b"\x1f\x8b")


def is_parquet(start: bytes) -> bool:
    """Whether a file that starts so is Parquet."""
    return start.startswith(b"PAR1")


def starts_object(text: str) -> bool:
    """Whether a text that starts so has JSON objects; raises Refused where it is an array of them."""
    begun = text.lstrip("\ufeff \t\r\n")
    if begun.startswith("[") and begun[1:].lstrip().startswith("{"):
        raise refused("this file is one JSON array; write one object a line, with no brackets and commas around")
    return begun.startswith("{")


def check_readable(start: bytes) -> None:
    """Raises Refused where an unpacked file that starts so has no lines of text."""
    if start.startswith(_ZIP):
        is_sheet = any(sign in start for sign in _SHEETS)
        raise refused(_SPREADSHEET if is_sheet else "this is a zip archive; unpack it and give the CSV file within")
    if _WEB_PAGE.match(start):
        raise refused("this is a web page, not the file that it may have offered; download that once more")
    for magic, sentence in _OTHERS.items():
        if start.startswith(magic):
            raise refused(sentence)
