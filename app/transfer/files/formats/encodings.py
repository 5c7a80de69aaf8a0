"""What a text is written in: told by the caller or judged over all of it, and turned into UTF-8."""

import codecs
import re
from collections.abc import Iterable, Iterator

from app.filters.problems import Code, Refused, shown
from app.transfer.files.csv_faults import refused

UTF_8 = "UTF-8"
UTF_16_LE = "UTF-16LE"
UTF_16_BE = "UTF-16BE"
WINDOWS_1252 = "Windows-1252"

FEWEST_ODD = 16
MOST_ODD = 0.05

_NAMES = {
    "ascii": UTF_8,
    "utf-8": UTF_8,
    "utf-8-sig": UTF_8,
    "utf-16": UTF_16_LE,
    "utf-16-le": UTF_16_LE,
    "utf-16-be": UTF_16_BE,
    "cp1252": WINDOWS_1252,
}
_OTHERS = re.compile(r"cp\d+|iso8859-\d+|koi8-[ru]|mac-\w+|shift_jis\w*|euc_\w+|gb[k\d]+|big5\w*|johab|tis-620")
_ODD = bytes(code for code in range(32) if chr(code) not in "\t\n\v\f\r\x1b")


def known_encoding(name: str, start: bytes) -> str:
    """The encoding that a caller means for a text that begins with `start`; raises Refused where there is none."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        found = ""
    if found not in _NAMES and not _OTHERS.fullmatch(found):
        message = f"{shown(name)} is no known encoding; UTF-8, UTF-16 and Windows-1252 are the usual ones"
        raise Refused.because(Code.INVALID_TEXT, message, "encoding")
    if found == "utf-16" and start.startswith(codecs.BOM_UTF16_BE):
        return UTF_16_BE
    return _NAMES.get(found, found)


def judged_encoding(start: bytes, chunks: Iterable[bytes]) -> str:
    """The encoding of all the chunks, which begin with `start`; raises Refused where they are no text."""
    first, second = start[::2], start[1::2]
    if start.startswith(codecs.BOM_UTF16_LE) or _is_half_empty(second, first):
        return UTF_16_LE
    if start.startswith(codecs.BOM_UTF16_BE) or _is_half_empty(first, second):
        return UTF_16_BE
    odd = len(start) - len(start.translate(None, _ODD))
    if odd >= FEWEST_ODD and odd > MOST_ODD * len(start):
        raise refused("this is no text file; save the table as CSV (UTF-8)")
    return _judged_by_bytes(chunks)


def in_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """The text in UTF-8; what means nothing in its encoding becomes bytes that mean nothing in UTF-8 either."""
    if encoding == UTF_8:
        yield from chunks
        return
    decoder = codecs.getincrementaldecoder(encoding)("mark_unreadable")
    for chunk in chunks:
        yield decoder.decode(chunk).encode(errors="surrogateescape")
    yield decoder.decode(b"", final=True).encode(errors="surrogateescape")


def _is_half_empty(empty: bytes, full: bytes) -> bool:
    return empty.count(0) * 2 > len(empty) and full.count(0) * 50 <= len(full)


def _judged_by_bytes(chunks: Iterable[bytes]) -> str:
    """Windows-1252 where more bytes are not UTF-8 than there are characters that only UTF-8 explains."""
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    explained = astray = 0
    for chunk in chunks:
        text = decoder.decode(chunk)
        if not text.isascii():
            valid = text.encode(errors="ignore").decode()
            astray += len(text) - len(valid)
            explained += len(valid) - len(valid.encode("ascii", "ignore"))
    astray += len(decoder.decode(b"", final=True))
    return WINDOWS_1252 if astray > explained else UTF_8


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "\udcff" * (error.end - error.start), error.end


codecs.register_error("mark_unreadable", _marked)
