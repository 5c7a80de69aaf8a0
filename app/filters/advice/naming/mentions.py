"""The labels, options and values that a name speaks of, held against those that the filter asks for."""

from collections.abc import Sequence, Set
from dataclasses import dataclass

from app.filters import checked
from app.filters.advice.naming.context import sign_before, stands_alone
from app.filters.advice.naming.lexicon import ALMOST, IN, INACTIVE, NEGATIONS
from app.filters.advice.naming.rule import Fault, Rule, Signed
from app.filters.advice.naming.terms import Term, terms
from app.filters.advice.naming.topics import Topic
from app.filters.advice.naming.words import Title
from app.filters.folding import fold


@dataclass(frozen=True, slots=True)
class Mentions:
    """The terms of a name that are known to one of the topics, or asked for in it."""

    title: Title
    found: tuple[Term, ...]
    topics: Sequence[Topic]


def mentions_in(title: Title, topics: Sequence[Topic], taken: Set[int]) -> Mentions:
    """What a name says of the topics, but for what stands in a place that is taken."""
    found = (
        term
        for term in terms(title, lambda name: any(topic.has(name) for topic in topics))
        if taken.isdisjoint(range(term.first, term.last + 1))
    )
    return Mentions(title, tuple(found), topics)


def mention_fault(mentions: Mentions, rule: Rule, taken: Set[int]) -> Fault | None:
    """The first label, option or value of a name that the filter has not, or asks for the other way round."""
    for term in mentions.found:
        asking = [each for topic in mentions.topics for each in topic.asking(term.key)]
        blamed = _turned(mentions.title, term, asking, taken) if asking else _others(mentions, term, rule, taken)
        if blamed:
            said = mentions.title.between(term.first, term.last)
            return Fault(f'The name says "{said}", but the filter says {rule.said(blamed)}.')
    return None


def _turned(title: Title, term: Term, asking: Sequence[Signed], taken: Set[int]) -> Sequence[Signed]:
    """The conditions that leave out whom the name means, or let in whom it doesn't."""
    signs = {each.is_positive for each in asking}
    if sign_before(title, term.first, taken) is False:
        return asking if signs == {True} else ()
    is_plain = stands_alone(title, term.last, taken) and not title.has(NEGATIONS | ALMOST | INACTIVE, taken)
    return asking if signs == {False} and is_plain and not any(_is_partial(each) for each in asking) else ()


def _is_partial(each: Signed) -> bool:
    """Whether it leaves out only those who have more than the label in question."""
    return isinstance(each.condition, checked.HasAllLabels) and len(each.condition.labels) > 1


def _others(mentions: Mentions, term: Term, rule: Rule, taken: Set[int]) -> Sequence[Signed]:
    """What the filter asks for instead of a term, where the name says none of that."""
    title = mentions.title
    is_plain = sign_before(title, term.first, taken) and stands_alone(title, term.last, taken)
    if not is_plain or any(term.key in name for name in rule.names):
        return ()
    is_placed = title.word(term.first - 1) in IN
    for topic in mentions.topics:
        wanted = {name: found for name, found in topic.asked.items() if any(each.is_positive for each in found)}
        is_alike = term.key in topic.known or (topic.is_place and is_placed)
        if is_alike and wanted and not any(_is_said(mentions, term, name) for name in wanted):
            return [each for found in wanted.values() for each in found]
    return ()


def _is_said(mentions: Mentions, term: Term, name: str) -> bool:
    """Whether the name says what the filter asks for, or the term is a part of that."""
    return name in fold(mentions.title.text) or term.key in name or any(each.key == name for each in mentions.found)
