"""A status column's words as the caller gives them."""

import pytest

from app.filters.problems import InvalidValue
from app.filters.vocabulary import Status
from app.transfer.columns.given_words import read_words, states_consent, with_usual_refusals
from app.transfer.columns.statuses import REFUSALS, read_status

SENDABLE = with_usual_refusals(read_words({"Ja": "ACTIVE", "*": "ACTIVE"}))


@pytest.mark.parametrize("word", REFUSALS)
def test_a_usual_refusal_holds_beside_any_words(word: str) -> None:
    assert read_status(word.upper(), SENDABLE) is Status(REFUSALS[word])
    assert read_status(f"{word} by phone", SENDABLE) in (Status.UNSUBSCRIBED, Status.HARD_BOUNCE)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("ja", Status.ACTIVE),
        ("customer", Status.ACTIVE),
        ("spamalot", Status.ACTIVE),
        ("soft bounced", Status.ACTIVE),
        ("ja, cleaned", Status.HARD_BOUNCE),
        ("bounced and unsubscribed", Status.UNSUBSCRIBED),
        ("", None),
    ],
)
def test_any_other_word_is_what_the_caller_says(text: str, status: Status | None) -> None:
    assert read_status(text, SENDABLE) is status


@pytest.mark.parametrize(
    ("given", "states"),
    [
        ({"Subscribed": "ACTIVE", "nein": "PENDING"}, False),
        ({"ja": "PENDING"}, False),
        ({"ja": "ACTIVE"}, True),
        ({"*": "ACTIVE"}, True),
        ({"pending": "ACTIVE"}, True),
    ],
)
def test_who_calls_another_word_active_states_consent(given: dict[str, str], states: bool) -> None:
    assert states_consent(read_words(given)) is states


@pytest.mark.parametrize(
    "text",
    [
        "x " * 120 + "unsubscribed",
        "un\u00adsubscribed",
        "unsub\u200bscribed",
        "un subscribed",
        "unsubscribed1",
        "unsubscribed2024-01-01",
        "optedout",
        "do not e-mail",
        "unsubbed",
        "spam complaint",
        "hardbounced",
        "Not Opted In",
        "inactive",
    ],
)
def test_a_refusal_is_heard_however_it_is_written(text: str) -> None:
    assert read_status(text, SENDABLE) not in (Status.ACTIVE, None)


def test_a_phrase_with_a_refusal_means_no_consent() -> None:
    with pytest.raises(InvalidValue, match="must not be mailed"):
        read_words({"unsubscribed by phone": "ACTIVE"})
