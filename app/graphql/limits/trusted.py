"""Trusted documents: where a manifest is given, only what stands in it runs, whoever asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from app.graphql.faults import refused_document
from app.graphql.requests import Asked

_PREFIX = "sha256:"


class BadManifest(Exception):
    """The message says what is wrong with the manifest."""


@dataclass(frozen=True, slots=True)
class Trusted:
    """The documents of a manifest, by their ids, as graphql-codegen and Relay's compiler write them."""

    documents: Mapping[str, str]
    texts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", frozenset(self.documents.values()))

    def text(self, asked: Asked) -> str:
        """The text of the document that is asked for, by its id or word for word; raises DocumentError."""
        if asked.document_id is None:
            if asked.query not in self.texts:
                raise refused_document("FORBIDDEN", "Only the documents that are on this server's list run here.")
            return asked.query
        found = self.documents.get(asked.document_id.removeprefix(_PREFIX))
        if found is None:
            raise refused_document("FORBIDDEN", "The document with this id is not on this server's list.")
        return found


def read_manifest(path: Path) -> Trusted:
    """The manifest in a file: one JSON object of ids and documents. Raises BadManifest."""
    try:
        raw = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadManifest(f"The list of documents, {path}, can't be read: {error.strerror}.") from None
    except orjson.JSONDecodeError as error:
        raise BadManifest(f"The list of documents, {path}, is not JSON: {error}.") from None
    if not isinstance(raw, dict) or not raw or not all(isinstance(text, str) for text in raw.values()):
        raise BadManifest(f"The list of documents, {path}, must be a JSON object of ids and documents.")
    return Trusted({id.removeprefix(_PREFIX): text for id, text in raw.items()})


def untrusted(asked: Asked) -> str:
    """The text of the document that is asked for, where there is no manifest; raises DocumentError."""
    if not asked.query:
        raise refused_document("BAD_USER_INPUT", "This server keeps no list of documents; send the query itself.")
    return asked.query
