"""How many pages a second the door gives, as a share of a bare endpoint that sends the same JSON.

uv run python -m tests.benchmarks.door --contacts 20000
"""

import argparse
import asyncio
from dataclasses import dataclass
from statistics import median

import orjson

from tests.benchmarks.bare import KEYS
from tests.benchmarks.caller import Caller, request
from tests.benchmarks.ground import Ground, database, ground
from tests.benchmarks.load import requests_a_second
from tests.benchmarks.rounds import figure
from tests.benchmarks.serving import served

SIZES = (50, 200)
CONNECTIONS = 16
QUERY = """query Page($first: Int!, $keys: [String!]) {
  contacts(first: $first) {
    edges {
      cursor
      node { id email name status labels { name } fields(keys: $keys) { field { key name } value } }
    }
    pageInfo { hasNextPage endCursor }
  }
}"""


@dataclass(frozen=True, slots=True)
class Rates:
    """Requests a second of the bare endpoint and of the door, round by round."""

    bare: list[float]
    door: list[float]

    @property
    def share(self) -> float:
        """The door's share, as the median of the rounds': a busy moment of the machine falls on both alike."""
        return median(door / bare for bare, door in zip(self.bare, self.door, strict=True))


async def rates(on: Ground, ports: tuple[int, int], size: int, rounds: int, seconds: float) -> Rates:
    """Asks both by turns, after a round that doesn't count; raises SystemExit where they answer differently."""
    bare = request(f"/page?workspace={on.workspace}&first={size}", "", "")
    door = request("/graphql", on.token, QUERY, {"first": size, "keys": KEYS})
    answers = [await (await Caller.to(port)).ask(asked) for port, asked in zip(ports, (bare, door), strict=True)]
    if orjson.loads(answers[0]) != orjson.loads(answers[1]):
        raise SystemExit("the two endpoints answer differently")
    found = Rates([], [])
    for turn in range(rounds + 1):
        for port, asked, told in zip(ports, (bare, door), (found.bare, found.door), strict=True):
            rate = await requests_a_second(port, CONNECTIONS, seconds, asked)
            if turn:
                told.append(rate)
    return found


async def main(contacts: int, rounds: int, seconds: float) -> None:
    """Fills, serves both, measures, prints."""
    with database() as dsn:
        async with ground(dsn, contacts) as on:
            with (
                served("tests.benchmarks.bare:bare", dsn) as bare_port,
                served("tests.benchmarks.serving:pilah", dsn) as door_port,
            ):
                for size in SIZES:
                    found = await rates(on, (bare_port, door_port), size, rounds, seconds)
                    bare, door = median(found.bare), median(found.door)
                    print(f"pages of {size}: bare {bare:.0f}/s, door {door:.0f}/s, {found.share:.2f} of it")
                    figure(f"door_{size}", door, "requests/s")
                    figure(f"bare_{size}", bare, "requests/s")
                    figure(f"door_share_{size}", found.share, "x")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--contacts", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=2)
    options = parser.parse_args()
    asyncio.run(main(options.contacts, options.rounds, options.seconds))
