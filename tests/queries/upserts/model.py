"""What a bulk upsert means, in plain Python: the rules read one after the other."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from app.filters.vocabulary import Status
from app.queries.upserts.asked import Item, Upsert, UpsertKey

OPTED_OUT = (Status.UNSUBSCRIBED, Status.HARD_BOUNCE)

Judge = Callable[[int, Item], str | None]


@dataclass(frozen=True)
class Person:
    """A contact."""

    email: str
    external_id: str | None = None
    status: Status = Status.PENDING
    name: str | None = None
    orders: int | None = None
    labels: frozenset[str] = frozenset()


@dataclass
class World:
    """A workspace: who is in it, by number, and which addresses are not to be contacted."""

    people: dict[int, Person] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)
    made: int = 0

    def by_email(self, email: str | None) -> int | None:
        """The number of who has the address."""
        return next((number for number, one in self.people.items() if one.email == email), None)

    def by_external_id(self, external_id: str | None) -> int | None:
        """The number of who has the external id."""
        found = (number for number, one in self.people.items() if one.external_id == external_id)
        return None if external_id is None else next(found, None)


def address(item: Item) -> str | None:
    """The item's address, where it is one."""
    return item.email.lower() if item.email and "@" in item.email else None


def mistake(item: Item, key: UpsertKey) -> str | None:
    """The first thing wrong with an item by itself."""
    given = {"name": item.name and item.name.strip(), "external_id": item.external_id}
    given |= {name: value for name, value in item.fields if value is not None}
    wrong = {
        "INVALID_EMAIL": address(item) is None and (item.email is not None or key is UpsertKey.EMAIL),
        "REQUIRED": item.external_id is None and key is UpsertKey.EXTERNAL_ID,
        "UNKNOWN_LABEL": "Nope" in item.labels,
        "INVALID_NUMBER": ("orders", "many") in item.fields,
        "READ_ONLY": "email" in item.clear or (key is UpsertKey.EXTERNAL_ID and "external_id" in item.clear),
        "NOT_ALLOWED": any(given.get(name) for name in item.clear),
    }
    return next((code for code, is_wrong in wrong.items() if is_wrong), None)


def upserted(world: World, upsert: Upsert) -> tuple[list[str], World]:
    """What each item is answered (its outcome, or the code of what is wrong), and the world afterwards."""
    return _Call(world, upsert).done()


class _Call:
    """One call: `answers` by place, and the sound items that are left."""

    def __init__(self, world: World, upsert: Upsert) -> None:
        self.world, self.upsert, self.by_id = world, upsert, upsert.key is UpsertKey.EXTERNAL_ID
        self.answers: dict[int, str] = {}
        self.left: dict[int, Item] = {}

    def done(self) -> tuple[list[str], World]:
        for place, item in enumerate(self.upsert.items):
            code = mistake(item, self.upsert.key) or self.stranger(item)
            if code is None:
                self.left[place] = item
            else:
                self.answers[place] = code
        self.refuse(lambda place, item: "REPLACED" if self.comes_again(place, item) else None, at_once=True)
        self.refuse(self.taken_or_unasked)
        return self.written()

    def refuse(self, judge: Judge, at_once: bool = False) -> None:
        judged = {place: judge(place, item) for place, item in self.left.items()} if at_once else {}
        for place, item in list(self.left.items()):
            code = judged[place] if at_once else judge(place, item)
            if code is not None:
                self.answers[place] = code
                del self.left[place]

    def stranger(self, item: Item) -> str | None:
        """Why it can't be said whom a sound item is about."""
        email = address(item)
        if email in self.world.listed:
            return "DO_NOT_CONTACT"
        if not self.by_id or self.world.by_external_id(item.external_id) is not None:
            return None
        owner = self.world.by_email(email)
        if email is None:
            return "REQUIRED"
        return "TAKEN" if owner is not None and self.world.people[owner].external_id is not None else None

    def about(self, item: Item) -> int | str:
        """Whom a sound item is about: a number, or the address of somebody new."""
        known = self.world.by_external_id(item.external_id) if self.by_id else None
        owner = self.world.by_email(address(item))
        return known if known is not None else owner if owner is not None else str(address(item))

    def comes_again(self, place: int, item: Item) -> bool:
        return any(later > place and self.about(other) == self.about(item) for later, other in self.left.items())

    def taken_or_unasked(self, place: int, item: Item) -> str | None:
        me, email = self.about(item), address(item)
        others = [other for earlier, other in self.left.items() if earlier < place]
        for mine, owner, taken in (
            (email, self.world.by_email(email), [address(other) for other in others]),
            (item.external_id, self.world.by_external_id(item.external_id), [other.external_id for other in others]),
        ):
            if mine is not None and (owner not in (None, me) or mine in taken):
                return "TAKEN"
        told = item.consent or self.upsert.consent or self.opted_out(me)
        active = (item.status or self.upsert.status) is Status.ACTIVE
        return "REQUIRED" if isinstance(me, str) and active and not told else None

    def opted_out(self, person: int | str) -> Status | None:
        """What the call's items, sound or not, say of who is to have this number or new address."""
        said = set()
        for item in self.upsert.items:
            meant: set[int | str | None] = {self.world.by_email(address(item))}
            if self.by_id:
                meant.add(self.world.by_external_id(item.external_id))
            meant.add(None if address(item) in self.world.listed else address(item))
            if item.status in OPTED_OUT and person in meant - {None}:
                said.add(item.status)
        return next((status for status in OPTED_OUT if status in said), None)

    def written(self) -> tuple[list[str], World]:
        after = World(dict(self.world.people), set(self.world.listed), self.world.made)
        writes: dict[int | str, tuple[int | None, Item]] = {
            self.about(item): (place, item) for place, item in self.left.items()
        }
        gone: set[str] = {str(address(item)) for item in self.left.values()}
        for item in self.upsert.items:
            email = address(item)
            if item.status in OPTED_OUT and email and email not in gone and email not in self.world.listed:
                known = self.world.by_external_id(item.external_id) if self.by_id else None
                if known is None and self.world.by_email(email) is None:
                    writes[email] = (None, Item(email))
        for number in self.world.people:
            if number not in writes and self.opted_out(number):
                writes[number] = (None, Item())
        for person, (place, item) in writes.items():
            outcome = self.write(after, person, item)
            if place is not None:
                self.answers[place] = outcome
        return [self.answers[place] for place in range(len(self.upsert.items))], after

    def write(self, after: World, person: int | str, item: Item) -> str:
        moves_to = address(item) or ""
        stated = [self.opted_out(person), self.opted_out(moves_to)]
        opted_out = next((status for status in OPTED_OUT if status in stated), None)
        if isinstance(person, str):
            after.made += 1
            first = opted_out or item.status or self.upsert.status
            after.people[-after.made] = _changed(Person(person, status=first), item)
            return "CREATED"
        before = self.world.people[person]
        sendable = before.status not in OPTED_OUT
        now = replace(_changed(before, item), status=opted_out if opted_out and sendable else before.status)
        if now.email != before.email and now.status in OPTED_OUT:
            after.listed.add(before.email)
        after.people[person] = now
        return "UNCHANGED" if now == before else "CHANGED"


def _changed(person: Person, item: Item) -> Person:
    """The person with what the item has and without what it clears."""
    given = dict(item.fields)
    name = item.name.strip() if item.name else None
    return replace(
        person,
        email=address(item) or person.email,
        external_id=item.external_id or (None if "external_id" in item.clear else person.external_id),
        name=name or (None if "name" in item.clear else person.name),
        orders=given.get("orders") or (None if "orders" in item.clear else person.orders),
        labels=person.labels | set(item.labels),
    )
