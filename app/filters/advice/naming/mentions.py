"""The labels, options and values that a name speaks of, held against those that the filter asks for."""

from collections.abc import Sequence

from app.filters import checked
from app.filters.advice.naming.lexicon import NEGATIONS
from app.filters.advice.naming.reading import Reading
from app.filters.advice.naming.rule import Fault, Rule, Signed
from app.filters.advice.naming.terms import Term
from app.filters.advice.naming.topics import Topic
from app.filters.advice.naming.understood import Sign, sign_before
from app.filters.advice.naming.words import has_words
from app.filters.folding import fold


def mention_fault(read: Reading, topics: Sequence[Topic], rule: Rule) -> Fault | None:
    """The first label, option or value of a name that the filter has not, or asks for the other way round."""
    for term in read.terms:
        sign = sign_before(read.title, term.first, read.taken)
        broader = [each for topic in topics for each in topic.broader(term.key)]
        narrower = [each for topic in topics for each in topic.narrower(term.key)]
        if broader or narrower:
            blamed = _turned(read, sign, broader, narrower)
        else:
            blamed = _others(read, term, topics) if sign.is_positive else ()
        if blamed:
            said = read.title.between(sign.first, term.last)
            return Fault(f'The name says "{said}", but the filter says {rule.said(blamed)}.')
    return None


def _turned(read: Reading, sign: Sign, broader: Sequence[Signed], narrower: Sequence[Signed]) -> Sequence[Signed]:
    """The conditions that leave out whom the name means, or let in whom it doesn't."""
    signs = {each.is_positive for each in (*broader, *narrower)}
    if sign.is_positive is False:
        return narrower if signs == {True} else ()
    is_plain = not read.title.has(NEGATIONS) and not any(map(_is_partial, broader))
    return broader if signs == {False} and is_plain else ()


def _is_partial(each: Signed) -> bool:
    """Whether it leaves out only those who have more than the label in question."""
    return isinstance(each.condition, checked.HasAllLabels) and len(each.condition.labels) > 1


def _others(read: Reading, term: Term, topics: Sequence[Topic]) -> Sequence[Signed]:
    """What the filter asks for instead of a term, where the name says none of that."""
    for topic in topics:
        wanted = {name: found for name, found in topic.asked.items() if any(each.is_positive for each in found)}
        if term.key in topic.known and wanted and not any(_is_said(read, term, name) for name in wanted):
            return [each for found in wanted.values() for each in found]
    return ()


def _is_said(read: Reading, term: Term, name: str) -> bool:
    """Whether the name says what the filter asks for, or the term is a part of that."""
    is_within = has_words(fold(read.title.text), name) or has_words(name, term.key)
    return is_within or any(each.key == name for each in read.terms)
