"""Columns that ask for consent: known by name and answers, never a reason to mail whoever said no."""

import pytest

from app.filters.catalog import Field
from app.filters.vocabulary import FieldType
from app.transfer.columns.plan import Column, Role
from app.transfer.columns.statuses import read_status
from tests.transfer.columns.catalogs import catalog, planned

NEWSLETTER = catalog(Field("newsletter", "Newsletter", FieldType.BOOLEAN, (), 1))
UNSUBSCRIBED = catalog(Field("unsubscribed", "Unsubscribed", FieldType.BOOLEAN, (), 1))


def column(header: str, *cells: str, **options: object) -> Column:
    """The plan for a column beside the addresses."""
    rows = [[f"{place}@example.com", cell] for place, cell in enumerate(cells)]
    return planned(["email", header], rows, **options).columns[1]  # type: ignore[arg-type]


def said(column: Column, cell: str) -> str:
    status = read_status(cell, column.words)
    return status.value if status else ""


@pytest.mark.parametrize(
    ("header", "yes", "no", "status"),
    [
        ("Subscribed", "yes", "no", "UNSUBSCRIBED"),
        ("subscribed", "1", "0", "UNSUBSCRIBED"),
        ("is_subscribed", "true", "FALSE", "UNSUBSCRIBED"),
        ("Subscribed to newsletter", "y", "n", "UNSUBSCRIBED"),
        ("Berlangganan", "ya", "tidak", "UNSUBSCRIBED"),
        ("Abonniert", "WAHR", "FALSCH", "UNSUBSCRIBED"),
        ("opt_in", "1", "0", "PENDING"),
        ("OptIn", "true", "false", "PENDING"),
        ("Newsletter", "ja", "nein", "PENDING"),
        ("Newsletter", "yes", "unsubscribed", "UNSUBSCRIBED"),
        ("Consent", "given", "withdrawn", "UNSUBSCRIBED"),
        ("Email Opt In", "yes", "no", "PENDING"),
        ("Email Opt In", "opted in", "opted out", "UNSUBSCRIBED"),
        ("Accepts Marketing", "yes", "no", "PENDING"),
        ("Accepts Email Marketing", "yes", "no", "PENDING"),
        ("GDPR consent", "Granted", "Denied", "PENDING"),
        ("Marketing consent", "yes", "declined", "PENDING"),
        ("Einwilligung", "erteilt", "abgelehnt", "PENDING"),
        ("Consentement RGPD", "oui", "non", "PENDING"),
        ("Consentimiento", "sí", "no", "PENDING"),
        ("Persetujuan", "setuju", "ditolak", "PENDING"),
        ("Subscription status", "Subscribed", "Unsubscribed", "UNSUBSCRIBED"),
        ("Subscription status", "Subscribed", "never subscribed", "PENDING"),
    ],
)
def test_a_no_in_a_column_of_consent_counts(header: str, yes: str, no: str, status: str) -> None:
    found = column(header, yes, no, "")
    assert (found.role, [said(found, cell) for cell in (yes, no, "")]) == (Role.STATUS, ["", status, ""])
    assert found.note.startswith("whoever says no here is")


@pytest.mark.parametrize("cell", ["perhaps", "2026-01-31", "weekly"])
def test_another_word_among_answers_makes_nobody_active(cell: str) -> None:
    assert said(column("Newsletter", "yes", "no", cell), cell) == "PENDING"


@pytest.mark.parametrize(
    "header",
    ["Unsubscribe date", "Unsubscribed at", "Abgemeldet", "Abmeldedatum", "Date de désinscription", "Fecha de baja"],
)
def test_a_day_of_leaving_means_that_somebody_left(header: str) -> None:
    found = column(header, "31.01.2026", "")
    assert (found.role, said(found, "31.01.2026"), said(found, "ja")) == (Role.STATUS, "UNSUBSCRIBED", "UNSUBSCRIBED")
    assert [said(found, cell) for cell in ("", "nein", "no")] == ["", "", ""]


@pytest.mark.parametrize(
    ("header", "cells", "type"),
    [
        ("Newsletter", ["weekly", "monthly", "no"], FieldType.TEXT),
        ("Consent", ["2026-01-31", "2026-02-01"], FieldType.DATE),
        ("Subscribed", ["7", "12"], FieldType.NUMBER),
    ],
)
def test_what_cannot_be_read_as_answers_is_a_field_with_a_note(
    header: str, cells: list[str], type: FieldType
) -> None:
    found = column(header, *cells)
    assert (found.role, found.type, found.words) == (Role.FIELD, type, ())
    assert found.note.startswith("its values are not yes or no")


@pytest.mark.parametrize("header", ["SMS consent", "Opt in date", "Newsletter topic", "Wants delivery", "Marketing"])
def test_other_columns_say_nothing_of_mail(header: str) -> None:
    found = column(header, "yes", "no")
    assert (found.role, found.type, found.words, found.note) == (Role.FIELD, FieldType.BOOLEAN, (), "")


@pytest.mark.parametrize("entry", [{"to": "Newsletter"}, {"to": "Letter", "type": "TEXT"}, {"type": "BOOLEAN"}])
def test_a_column_of_consent_is_a_field_where_that_is_asked(entry: object) -> None:
    found = column("Newsletter", "yes", "no", mapping={"Newsletter": entry})
    assert (found.role, found.is_new, found.words, found.note) == (Role.FIELD, True, (), "")


@pytest.mark.parametrize(
    ("known", "header", "yes", "no"),
    [
        (NEWSLETTER, "newsletter", "yes", "no"),
        (NEWSLETTER, "Newsletter", "1", "unsubscribed"),
        (UNSUBSCRIBED, "unsubscribed", "no", "yes"),
    ],
)
def test_a_field_that_is_there_is_filled_and_heard_for_new_contacts(
    known: object, header: str, yes: str, no: str
) -> None:
    found = column(header, yes, no, known=known)
    assert (found.role, found.is_new, said(found, yes), said(found, no)) == (Role.FIELD, False, "", "PENDING")
    assert found.note.startswith("new contacts who may not be mailed")


def test_a_field_that_is_asked_for_says_nothing_of_consent() -> None:
    assert column("Letter", "yes", "no", known=NEWSLETTER, mapping={"Letter": "newsletter"}).words == ()
