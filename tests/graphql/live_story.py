"""A workspace with a VIP segment that is kept, in the words of GraphQL."""

from datetime import datetime
from typing import Any

from app.queries.connections import connection
from tests.graphql.conftest import Ask
from tests.live.engine import catch_up

VIP = {"label": {"containsAny": ["VIP"]}}
INACTIVE = {"field": {"key": "last_purchase", "test": {"moreThanAgo": {"amount": 30, "unit": "DAY"}}}}


class Story:
    """Whoever asks, and the engine, which runs when it is told to."""

    def __init__(self, ask: Ask, workspace: int) -> None:
        self.ask, self.workspace = ask, workspace

    async def data(self, query: str, **variables: Any) -> Any:
        """What is answered, which must be no error."""
        answer = await self.ask(query, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def do(self, mutation: str, type: str, fields: str, /, **input: Any) -> Any:
        """What of a payload is asked for; there must be no errors in it."""
        query = f"mutation ($input: {type}!) {{ it: {mutation}(input: $input) {{ {fields} errors {{ message }} }} }}"
        payload = (await self.data(query, input=input))["it"]
        assert payload.pop("errors") == []
        return payload

    async def furnish(self) -> None:
        """A label and a field to make segments of."""
        await self.do("createLabel", "CreateLabelInput", "label { id }", name="VIP")
        await self.do(
            "createField", "CreateFieldInput", "field { id }", key="last_purchase", name="Last Purchase", type="DATE"
        )

    async def segment(self, name: str = "VIPs", **how: Any) -> str:
        """The id of a new segment."""
        how = how or {"filter": VIP}
        made = await self.do("createSegment", "CreateSegmentInput", "segment { id }", name=name, **how)
        return str(made["segment"]["id"])

    async def contact(self, name: str, **how: Any) -> str:
        """The id of a new contact."""
        email = f"{name}@example.com"
        made = await self.do("createContact", "CreateContactInput", "contact { id }", email=email, name=name, **how)
        return str(made["contact"]["id"])

    async def label(self, id: str, *, vip: bool = True) -> None:
        """Give a contact the label VIP, or take it."""
        change = {"addLabels" if vip else "removeLabels": ["VIP"]}
        await self.do("updateContact", "UpdateContactInput", "contact { id }", id=id, **change)

    async def live(self, at: datetime | None = None) -> int:
        """Let the engine see to all there is; how many moved."""
        return await catch_up(self.workspace, at)

    async def execute(self, text: str, *values: object) -> None:
        """Do something to the workspace's rows that nobody can do over GraphQL; $1 is the workspace."""
        async with connection() as borrowed:
            await borrowed.execute(text, self.workspace, *values)
