"""A process of its own that keeps a server busy: so many connections, each asking again once it was answered.

    python -m tests.benchmarks.load PORT CONNECTIONS SECONDS   (the request's bytes on standard input)

Prints how many answers a second came.
"""

import asyncio
import subprocess
import sys
import time

import uvloop

from tests.benchmarks.caller import Caller


async def requests_a_second(port: int, connections: int, seconds: float, request: bytes) -> float:
    """Asks this process's server from another process."""
    program = [sys.executable, "-m", "tests.benchmarks.load", str(port), str(connections), str(seconds)]
    child = await asyncio.create_subprocess_exec(*program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    told, _ = await child.communicate(request)
    return float(told)


async def _busy(port: int, connections: int, seconds: float, request: bytes) -> float:
    callers = [await Caller.to(port) for _ in range(connections)]
    started = time.perf_counter()
    until = started + seconds

    async def keep_asking(caller: Caller) -> int:
        answered = 0
        while time.perf_counter() < until:
            await caller.ask(request)
            answered += 1
        return answered

    answered = sum(await asyncio.gather(*map(keep_asking, callers)))
    return answered / (time.perf_counter() - started)


if __name__ == "__main__":
    port, connections, seconds = sys.argv[1:]
    print(uvloop.run(_busy(int(port), int(connections), float(seconds), sys.stdin.buffer.read())))
