"""Documents are read once, kept within bounds, and refused in milliseconds when they ask too much."""

from time import perf_counter

import pytest
from graphql import build_schema, get_introspection_query

from app.graphql.documents import Document, Documents
from app.graphql.faults import DocumentError
from app.graphql.limits.trusted import Trusted
from app.settings import Limits

DEFAULTS = Limits()
SCHEMA = build_schema(
    "type Query { a(x: [Int], t: String): Query b: Int list: [Query] } type Mutation { c: Int d: Query }"
)


def code_of(source: str, limits: Limits = DEFAULTS) -> str | None:
    """The code of the first error of a document, or None when it has one without a code."""
    with pytest.raises(DocumentError) as caught:
        Documents(SCHEMA, limits).read(source)
    return (caught.value.errors[0].extensions or {}).get("code")


def nested(levels: int) -> str:
    return "{ a " * (levels - 1) + "{ b }" + " }" * (levels - 1)


def doubling(levels: int) -> str:
    """Each fragment spreads the next one twice: 2 to the power of `levels` paths."""
    fragments = [f"fragment F{n} on Query {{ x: a {{ ...F{n + 1} }} y: a {{ ...F{n + 1} }} }}" for n in range(levels)]
    return " ".join(["{ ...F0 }", *fragments, f"fragment F{levels} on Query {{ b }}"])


def test_a_document_is_read_once() -> None:
    documents = Documents(SCHEMA)
    assert documents.read("{ b }") is documents.read("{ b }")
    assert documents.read("{ b }") is not documents.read("{ b b }")


def test_the_least_recently_used_document_goes_first() -> None:
    documents = Documents(SCHEMA, kept=2)
    first = documents.read("{ b }")
    documents.read("{ x: b }")
    assert documents.read("{ b }") is first
    second = documents.read("{ y: b }")
    assert documents.read("{ b }") is first
    assert documents.read("{ y: b }") is second
    assert len(documents._kept) == 2
    assert "{ x: b }" not in documents._kept


LONG = {"values": "{ a(x: [" + "1 " * 1_000 + "]) { b } }", "a text": '{ a(t: "' + "x" * 20_020 + '") { b } }'}


@pytest.mark.parametrize("source", LONG.values(), ids=LONG)
def test_long_documents_are_kept_where_they_are_trusted(source: str) -> None:
    documents = Documents(SCHEMA)
    assert documents.read(source) is not documents.read(source)
    documents = Documents(SCHEMA, trusted=Trusted({"a": source}))
    assert documents.read(source) is documents.read(source)


def test_documents_have_so_many_words_in_all() -> None:
    documents = Documents(SCHEMA, words=2_000)
    sources = [f"{{ a(x: [{number} {'1 ' * 485}]) {{ b }} }}" for number in range(6)]
    for source in sources:
        documents.read(source)
    assert [source in documents._kept for source in sources] == [False, False, True, True, True, True]
    assert 1_900 < documents._kept.weight <= 2_000
    documents.read("{ b }" + " " * 2_000)
    assert documents._kept.weight <= 2_000


def test_refused_documents_are_not_kept() -> None:
    documents = Documents(SCHEMA)
    for source in ("{ nothing }", "{ b", "fragment F on Query { b }"):
        with pytest.raises(DocumentError):
            documents.read(source)
    assert not documents._kept


LIMITS = Limits(
    characters=400,
    tokens=60,
    fragments=2,
    depth=4,
    introspection_depth=5,
    fields=6,
    aliases=3,
    directives=2,
    mutations=2,
)
WITHIN = {
    "depth": nested(4),
    "depth in fragments": "{ a { ...F } } fragment F on Query { a { a { b } } }",
    "inline fragments are no depth": "{ ... { ... { a { ... on Query { a { a { b } } } } } } }",
    "fields": "{ b b b b b b }",
    "fields in a fragment": "{ ...F ...F ...F } fragment F on Query { b b }",
    "aliases": "{ x: b y: b z: b }",
    "directives": "{ a @skip(if: false) { b @skip(if: false) } }",
    "changes": "mutation { c d { b b b } }",
    "introspection": "{ __schema { types { fields { type { name } } } } }",
    "introspection in a fragment": "{ ...F } fragment F on Query { __schema { types { name } } a { a { b } } }",
    "tokens": "{ a(x: [" + "1 " * 40 + "]) { b } }",
    "no selection": "{ a { } }",
}
BEYOND = {
    "depth": nested(5),
    "depth in fragments": "{ a { a { ...F } } } fragment F on Query { a { a { b } } }",
    "depth beside introspection": "{ __typename a { a { a { a { b } } } } }",
    "fields": "{ b b b b b b b }",
    "fields in a fragment": "{ ...F ...F ...F } fragment F on Query { b b b }",
    "fields of all operations": "query A { b b b b } query B { b b b b }",
    "fields of a fragment's namesake": "{ ...F } fragment F on Query { b b b b b b b } fragment F on Query { b }",
    "aliases": "{ x: b y: b z: b w: b }",
    "aliases in a fragment": "{ ...F a { ...F } } fragment F on Query { x: b y: b }",
    "directives": "{ a @skip(if: false) @include(if: true) { b @skip(if: false) } }",
    "directives in a fragment": "{ ...F @skip(if: false) a { ...F } } fragment F on Query { b @skip(if: false) }",
    "directives of definitions": "query ($x: Int @a) @a { b @a }",
    "changes": "mutation { c x: c c }",
    "changes in a fragment": "mutation { c ...F } fragment F on Mutation { c ... { d { b } } }",
    "introspection": "{ __schema { types { fields { type { ofType { name } } } } } }",
    "characters": "{ b }" + " " * 400,
    "tokens": "{ a(x: [" + "1 " * 60 + "]) { b } }",
    "comments": "{ b }\n" + "#\n" * 61,
    "fragments": "{ b } fragment F on Query { b } fragment G on Query { b } fragment H on Query { b }",
    "paths": "{ ...F ...F } fragment F on Query { ...G ...G } fragment G on Query { b b }",
}


@pytest.mark.parametrize("source", WITHIN.values(), ids=WITHIN)
def test_what_is_within_the_limits_is_read(source: str) -> None:
    assert isinstance(Documents(SCHEMA, LIMITS).read(source), Document)


@pytest.mark.parametrize("source", BEYOND.values(), ids=BEYOND)
def test_what_is_beyond_the_limits_is_too_complex(source: str) -> None:
    assert code_of(source, LIMITS) == "QUERY_TOO_COMPLEX"


def test_each_limit_is_named_in_its_sentence() -> None:
    sentences = set()
    for source in BEYOND.values():
        with pytest.raises(DocumentError) as caught:
            Documents(SCHEMA, LIMITS).read(source)
        sentences.add(str(caught.value))
    assert len(sentences) == 9


@pytest.mark.parametrize("levels", [24, 200])
def test_nested_fragments_cost_as_much_as_their_text(levels: int) -> None:
    started = perf_counter()
    assert code_of(doubling(levels), Limits(fragments=300, tokens=10_000)) == "QUERY_TOO_COMPLEX"
    assert perf_counter() - started < 1  # walking the paths would take longer than the universe is old


def test_nesting_that_no_parser_takes_is_too_complex() -> None:
    assert code_of("{ a(t: " + "[" * 300 + "]" * 300 + ") { b } }") == "QUERY_TOO_COMPLEX"
    chain = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(900))
    source = f"{{ ...F0 }} {chain} fragment F900 on Query {{ b }}"
    assert code_of(source, Limits(fragments=2_000, tokens=10_000)) == "QUERY_TOO_COMPLEX"


def test_the_introspection_of_tools_is_within_the_limits() -> None:
    assert Documents(SCHEMA).read(get_introspection_query(input_value_deprecation=True))


@pytest.mark.parametrize(
    "source",
    [
        "{ ...F } fragment F on Query { a { ...F } }",
        "{ ...F } fragment F on Query { ...G } fragment G on Query { ...F }",
        "{ ...Nowhere }",
        "{ nothing }",
        "{ b",
        "{ a { b } } fragment Unused on Query { b }",
        "type T { x: Int }",
    ],
)
def test_what_is_invalid_is_told_by_graphql_core(source: str) -> None:
    assert code_of(source) is None


@pytest.mark.parametrize(
    "source", ["fragment F on Query { b }", "", '{ a(t: "\0") { b } }', r'{ a(t: "\u0000") { b } }',
               r'{ a(t: "\\\u{000}") { b } }']
)  # fmt: skip
def test_what_has_no_meaning_is_refused(source: str) -> None:
    assert code_of(source) in (None, "BAD_USER_INPUT")


def test_a_backslash_before_letters_is_no_nul() -> None:
    assert Documents(SCHEMA).read(r'{ a(t: "\\u0000") { b } }')


def test_operations_are_found_by_name() -> None:
    document = Documents(SCHEMA).read("query A { b } query B { a { b } }")
    assert document.operation("B") is document.node.definitions[1]
    for name in (None, "C"):
        with pytest.raises(DocumentError, match="operation"):
            document.operation(name)
    assert Documents(SCHEMA).read("{ b }").operation(None)
    assert Documents(SCHEMA).read("query A { b }").operation(None)
    with pytest.raises(DocumentError):
        Documents(SCHEMA).read("{ b }").operation("A")
