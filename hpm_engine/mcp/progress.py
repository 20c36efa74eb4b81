"""How far a call is, told to clients that asked for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from mcp.server.session import ServerSession

from hpm_engine.job import Job, Progress

_EVERY = 0.2  # seconds between two reports, at least


@asynccontextmanager
async def reported(session: ServerSession) -> AsyncIterator[Job]:
    """A job for the store's thread, whose progress goes to the client until the block ends.

    The session sends nothing to a client that gave no token.
    """
    loop, waiting = asyncio.get_running_loop(), asyncio.Queue[Progress]()

    def tell(progress: Progress) -> None:
        loop.call_soon_threadsafe(waiting.put_nowait, progress)

    relay = asyncio.create_task(_relay(session, waiting))
    try:
        yield Job(tell, _EVERY)
    finally:
        relay.cancel()
        with suppress(asyncio.CancelledError):
            await relay


async def _relay(session: ServerSession, waiting: asyncio.Queue[Progress]) -> None:
    """Send what is more than was said before: the protocol allows no step back."""
    most = -1
    while True:
        progress = await waiting.get()
        if progress.done > most:
            most = progress.done
            await session.report_progress(progress.done, progress.total, progress.note or None)
