"""A file on its way in: the body itself, or the file of a form, with the fields beside it."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import Request

from app.http import patience
from app.http.answers import TurnedAway

LONGEST_FIELD = 1_000_000
LONGEST_KIND = 1_000


class Upload:
    """One upload; `fields` and `name` are complete once all of `chunks` has come.

    Raises TurnedAway where the request tells its kind at too great length.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.fields: dict[str, str] = dict(request.query_params)
        self.name = self.fields.pop("name", "")
        kind, parameters = parse_options_header(_kind_of(request))
        self.is_form = kind == b"multipart/form-data"
        self._boundary = parameters.get(b"boundary", b"")

    async def chunks(self) -> AsyncIterator[bytes]:
        """The file's bytes as they come; raises TurnedAway where the form is broken or the client stalls."""
        if not self.is_form:
            async for chunk in self._body():
                yield chunk
            return
        form = _Form(self._boundary)
        async for chunk in self._body():
            form.write(chunk)
            while form.file:
                yield form.file.popleft()
        form.end()
        self.fields |= {name: value.decode(errors="replace") for name, value in form.fields.items()}
        self.name = self.fields.pop("name", "") or self.name or form.name

    async def _body(self) -> AsyncIterator[bytes]:
        body = aiter(self._request.stream())
        while True:
            try:
                async with asyncio.timeout(patience.STALL_SECONDS):
                    chunk = await anext(body)
            except StopAsyncIteration:
                return
            except TimeoutError:
                message = f"nothing came for {patience.STALL_SECONDS:g} seconds; send the file again"
                raise TurnedAway(408, "REQUEST_TIMEOUT", message, "file") from None
            if chunk:
                yield chunk


class _Form:
    """A form read piece by piece: the file's bytes wait in `file`, the other parts are `fields`."""

    def __init__(self, boundary: bytes) -> None:
        if not boundary:
            raise _broken("its boundary is missing")
        self.fields: dict[str, bytearray] = {}
        self.file: deque[bytes] = deque()
        self.name = ""
        self._has_file = False
        self._is_whole = False
        self._header = bytearray(), bytearray()
        self._into: bytearray | None = None
        self._room = LONGEST_FIELD
        self._parser = self._parser_of(boundary)

    def _parser_of(self, boundary: bytes) -> MultipartParser:
        try:
            return MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin,
                    "on_header_field": lambda data, start, end: self._head(0, data[start:end]),
                    "on_header_value": lambda data, start, end: self._head(1, data[start:end]),
                    "on_header_end": self._headed,
                    "on_part_data": self._data,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise _broken("its boundary is too long") from None

    def write(self, chunk: bytes) -> None:
        """Take in the next bytes of the form."""
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise _broken("it can't be read") from None

    def end(self) -> None:
        """Raises TurnedAway where something is missing."""
        if not self._is_whole:
            raise _broken("its end is missing")
        if not self._has_file:
            raise TurnedAway(400, "REQUIRED", 'the form has no part called "file"', "file")

    def _begin(self) -> None:
        self._into, self._header = bytearray(), (bytearray(), bytearray())

    def _head(self, place: int, data: bytes) -> None:
        self._hold(len(data))
        self._header[place].extend(data)

    def _headed(self) -> None:
        name, value = self._header
        self._header = bytearray(), bytearray()
        if name.lower() != b"content-disposition":
            return
        _, parameters = parse_options_header(bytes(value))
        called = parameters.get(b"name", b"").decode(errors="replace")
        if called == "file" or b"filename" in parameters:
            if self._has_file:
                raise TurnedAway(400, "NOT_ALLOWED", "send one file at a time", "file")
            self._has_file, self._into = True, None
            self.name = parameters.get(b"filename", b"").decode(errors="replace")
        else:
            self._into = self.fields.setdefault(called, bytearray())

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._into is None:
            self.file.append(data[start:end])
            return
        self._hold(end - start)
        self._into += data[start:end]

    def _hold(self, size: int) -> None:
        self._room -= size
        if self._room < 0:
            raise TurnedAway(413, "TOO_LARGE", f"the fields have more than {LONGEST_FIELD:,} bytes", "mapping")

    def _end(self) -> None:
        self._is_whole = True


def length_of(request: Request) -> int:
    """How many bytes the body is said to have; 0 where it is not said."""
    said = request.headers.get("content-length", "")
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0


def _kind_of(request: Request) -> str:
    kind = request.headers.get("content-type", "")
    if len(kind) > LONGEST_KIND:
        raise TurnedAway(400, "TOO_LONG", f"the Content-Type has more than {LONGEST_KIND:,} characters")
    return kind


def _broken(why: str) -> TurnedAway:
    return TurnedAway(400, "INVALID_TEXT", f"this form is broken: {why}", "file")
