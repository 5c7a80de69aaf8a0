"""What the words of a status column say."""

from itertools import permutations

import pytest

from app.filters.problems import Code, InvalidValue
from app.filters.vocabulary import Status
from app.transfer.columns.statuses import USUAL, read_status, strictest, words

OPTED = words(unsubscribed=("yes",), silent=("no",))
REASONS = words(hard_bounce=("*",), silent=("no",))


@pytest.mark.parametrize("status", Status)
def test_our_own_words_are_always_known(status: Status) -> None:
    for word in (status.value, status.value.lower(), f"  {status.value.replace('_', '-')} "):
        assert read_status(word, ()) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Subscribed", "ACTIVE"),
        ("aktif", "ACTIVE"),
        ("Non-Subscribed", "PENDING"),
        ("never_subscribed", "PENDING"),
        ("Transactional", "PENDING"),
        ("Unsubscribed", "UNSUBSCRIBED"),
        ("Berhenti berlangganan", "UNSUBSCRIBED"),
        ("Cleaned", "HARD_BOUNCE"),
        ("Abgemeldet", "UNSUBSCRIBED"),
        ("aktiv", "ACTIVE"),
        ("Désabonné", "UNSUBSCRIBED"),
        ("dado de baja", "UNSUBSCRIBED"),
        ("Uitgeschreven", "UNSUBSCRIBED"),
        ("nicht bestätigt", "PENDING"),
        ("subscribed, unsubscribed", "UNSUBSCRIBED"),
        ("active; bounced", "HARD_BOUNCE"),
        ('["SUBSCRIBED", "PENDING"]', "PENDING"),
        ("", None),
        (" -- ", None),
    ],
)
def test_usual_words_are_read(text: str, status: str | None) -> None:
    assert read_status(text, ()) is (status and Status(status))


@pytest.mark.parametrize(
    "text", ["confirmed", "yes", "1", "true", "inactive", "active?no", "enabled", "*", "✓", "customer"]
)
def test_no_doubtful_word_is_taken(text: str) -> None:
    with pytest.raises(InvalidValue, match="is no status; say in the mapping what it means") as raised:
        read_status(text, ())
    assert raised.value.code is Code.INVALID_STATUS


@pytest.mark.parametrize(
    ("text", "given", "status"),
    [
        ("Yes", OPTED, Status.UNSUBSCRIBED),
        ("no", OPTED, None),
        ("no", REASONS, None),
        ("[]", REASONS, None),
        ("✓", REASONS, Status.HARD_BOUNCE),
        ("MAILBOX_FULL", REASONS, Status.HARD_BOUNCE),
        ("no, active", REASONS, Status.HARD_BOUNCE),
    ],
)
def test_a_columns_own_words_are_all_that_count(
    text: str, given: tuple[tuple[str, str], ...], status: Status
) -> None:
    assert read_status(text, given) is status


def test_a_columns_own_words_hide_the_usual_ones() -> None:
    with pytest.raises(InvalidValue, match="is no status"):
        read_status("active", OPTED)


def test_a_text_is_not_taken_for_a_status() -> None:
    with pytest.raises(InvalidValue, match="too long for a status"):
        read_status("active, " * 200, ())


def test_the_strictest_holds_in_any_order() -> None:
    for some in permutations([Status.ACTIVE, None, Status.PENDING, Status.HARD_BOUNCE, Status.UNSUBSCRIBED], 3):
        order = (Status.UNSUBSCRIBED, Status.HARD_BOUNCE, Status.PENDING, Status.ACTIVE)
        assert strictest(some) is next(status for status in order if status in some)
    assert strictest([None, None]) is None


def test_no_usual_word_says_two_things() -> None:
    assert len(dict(USUAL)) == len(USUAL)
