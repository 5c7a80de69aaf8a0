"""What may be asked of an import, read before anything is stored."""

import pytest

from app.filters.problems import Code, Refused
from app.transfer.imports.options import LONGEST_MAPPING, Options, read_options


def test_a_mapping_too_long_to_be_meant_is_not_parsed() -> None:
    with pytest.raises(Refused) as raised:
        read_options({"mapping": '{"%s": null}' % ("x" * LONGEST_MAPPING)})
    assert [(problem.code, problem.path) for problem in raised.value.problems] == [(Code.TOO_LONG, "mapping")]


def test_options_are_kept_and_come_back() -> None:
    options = read_options(
        {"mode": "create", "status": "active", "consent": "x", "mapping": '{"a": null}', "delimiter": "\t"}
    )
    assert Options.from_document(options.to_document()) == options
