"""What the undoing of an import left alone."""

import strawberry
from strawberry.types.info import Info

from app.graphql.context import Context
from app.graphql.lookahead import selected
from app.graphql.types.contact import Contact, contact_columns, contacts_from
from app.queries.contacts import contacts_by_ids
from app.queries.imports.undoing import kept_contacts


@strawberry.type(description="A contact that undoing left alone, in part or whole, since somebody had changed it.")
class KeptContact:
    """A contact that undoing left alone, in part or whole."""

    contact: Contact | None = strawberry.field(description="Null where it was removed since.")
    keys: list[str] | None = strawberry.field(description="What was left of it; null where it is the whole contact.")


async def kept_contacts_of(import_id: int, most: int, info: Info[Context, None]) -> list[KeptContact]:
    """The first contacts that the undoing of an import left alone, with what the answer needs of them."""
    workspace_id, wanted = info.context.workspace_id, selected(info).at("contact")
    kept = await kept_contacts(workspace_id, import_id, most)
    ids = [row["contact_id"] for row in kept]
    rows = await contacts_by_ids(workspace_id, contact_columns(wanted.below), ids)
    contacts = {contact.number: contact for contact in await contacts_from(rows, wanted, info)}
    return [KeptContact(contact=contacts.get(row["contact_id"]), keys=row["keys"]) for row in kept]
