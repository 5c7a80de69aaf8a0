"""A name as it is read beside a rule: what it says of time, numbers, statuses and terms; and if all is understood."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.filters.advice.naming.figures import Figure, figures
from app.filters.advice.naming.lexicon import ACTIVITY, PLAIN
from app.filters.advice.naming.rule import Rule
from app.filters.advice.naming.spans import Span, spans
from app.filters.advice.naming.statuses import Told, statuses_told
from app.filters.advice.naming.terms import Term, places_of, terms
from app.filters.advice.naming.topics import Topic
from app.filters.advice.naming.understood import is_understood, parts_of
from app.filters.advice.naming.words import Title, read_title


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name says; `own` are the places of what the rule itself is called, its fields and segments."""

    title: Title
    own: frozenset[int]
    terms: Sequence[Term]
    spans: Sequence[Span]
    figures: Sequence[Figure]
    statuses: Sequence[Told]

    @property
    def taken(self) -> frozenset[int]:
        """The places of all that the catalog knows."""
        return self.own | places_of(self.terms)

    def values(self, topics: Sequence[Topic]) -> frozenset[int]:
        """The places of what texts hold, such as `Jakarta`."""
        texts = [topic for topic in topics if topic.is_text]
        return places_of(term for term in self.terms if _is_known(term.key, texts))

    def tells_amounts(self, rule: Rule) -> bool:
        """Whether every word of it is understood, as far as times and numbers go."""
        places = self.taken.union(*self._reaches())
        return is_understood(self.title, places, rule.words | PLAIN | ACTIVITY)

    def tells_whom(self, topics: Sequence[Topic]) -> bool:
        """Whether every word of it is understood, as far as labels, values and statuses go.

        Other words make another thing of them: `Lost VIPs`, `VIP in 30 Days`.
        """
        parts = list(parts_of(self.title))
        apart = [reach for reach in self._reaches() if reach in parts]
        places = places_of(self.terms).union((told.place for told in self.statuses), *apart)
        return is_understood(self.title, places, PLAIN.union(*(topic.words for topic in topics)))

    def _reaches(self) -> Iterator[range]:
        """The places of its times and numbers, each with the field's name before or behind it."""
        for reach in (*(span.reach for span in self.spans), *(figure.reach for figure in self.figures)):
            start, stop = reach.start, reach.stop
            while start - 1 in self.own:
                start -= 1
            while stop in self.own:
                stop += 1
            yield range(start, stop)


def read_name(name: str, rule: Rule, topics: Sequence[Topic]) -> Reading:
    """A name, held beside a rule and its topics. Takes time by its length, and by what the rule asks for."""
    title = read_title(name)
    own = places_of(terms(title, rule.names.__contains__))
    found = [term for term in terms(title, lambda name: _is_known(name, topics)) if own.isdisjoint(term.places)]
    taken = own | places_of(found)
    timed = spans(title, taken)
    counted = taken.union(*(range(span.number, span.unit + 1) for span in timed))
    return Reading(title, own, found, timed, list(figures(title, counted)), statuses_told(title, taken))


def _is_known(name: str, topics: Sequence[Topic]) -> bool:
    return any(topic.has(name) for topic in topics)
