"""A store for frameworks that call from many threads: one thread of its own opens and serves it."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import TypeVar

from hpm_engine import CannotOpen, Memory, open_memory

T = TypeVar("T")


class OpenStore(AbstractContextManager["OpenStore"]):
    """An open store that several adapters may share, from any thread and any event loop.

    Calls are served one after the other. ``actor`` is who the log says made the changes. Raises
    ``CannotOpen`` as ``open_memory`` does; every call may raise ``HPMError``.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        actor: str,
        create: bool = True,
        read_only: bool = False,
    ) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="hpm-store")
        self._lock = threading.Lock()  # over whether it is closed
        self._closed = False
        try:
            self._memory = self._thread.submit(
                open_memory, path, read_only=read_only, create=create, actor=actor
            ).result()
        except BaseException:
            self._thread.shutdown()
            raise

    def call(self, work: Callable[[Memory], T]) -> T:
        """What ``work`` gives of the store; blocks until it has."""
        return self._submit(work).result()

    async def acall(self, work: Callable[[Memory], T]) -> T:
        """``call`` for an event loop, which goes on meanwhile."""
        return await asyncio.wrap_future(self._submit(work))

    def close(self) -> None:
        """Close the store once what was asked before is done; one that is closed stays so."""
        with self._lock:
            closed, self._closed = self._closed, True
        if closed:
            return
        try:
            self._thread.submit(self._memory.close).result()
        finally:
            self._thread.shutdown()

    def _submit(self, work: Callable[[Memory], T]) -> Future[T]:
        with self._lock:
            if self._closed:
                raise CannotOpen(f"{self._memory.path}: closed; open it anew.")
            return self._thread.submit(work, self._memory)

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()
