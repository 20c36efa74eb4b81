"""Sessions of the OpenAI Agents SDK in a store: a conversation's items, and its earlier states."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar

from agents.items import TResponseInputItem
from agents.memory.session_settings import SessionSettings, resolve_session_limit

from hpm_engine import DamagedStore, Keep, Memory
from hpm_engine.adapters.open_store import OpenStore

T = TypeVar("T")
Items = list[TResponseInputItem]
VERSIONS = 100  # states of a conversation that can be gone back to
_KIND = "application/json"


class StoreSession:
    """A ``Session`` for ``Runner.run(agent, text, session=…)``, kept in a store.

    Each change is a checkpoint of the thread ``openai-session:ID``: the last hundred can be gone
    back to or forked (``hpm checkpoints``). Every method may raise ``HPMError``.
    """

    def __init__(
        self, session_id: str, store: OpenStore, session_settings: SessionSettings | None = None
    ) -> None:
        self.session_id = session_id
        self.session_settings: SessionSettings | None = session_settings or SessionSettings()
        self._store = store
        self._thread = f"openai-session:{session_id}"

    async def get_items(self, limit: int | None = None) -> Items:
        """The items of the conversation, the oldest first; of ``limit`` the latest so many."""
        most = resolve_session_limit(limit, self.session_settings)
        items = await self._store.acall(self._load)
        if most is None or most < 0:
            return items
        return items[-most:] if most else []

    async def add_items(self, items: Items) -> None:
        """Add items behind those that there are; all of them are on disk, or none."""
        if items:
            await self._store.acall(lambda memory: self._change(memory, lambda own: own + items))

    async def pop_item(self) -> TResponseInputItem | None:
        """Take the latest item away; ``None`` where there is none."""
        popped: Items = []

        def pop(own: Items) -> Items:
            popped.extend(own[-1:])
            return own[:-1]

        await self._store.acall(lambda memory: self._change(memory, pop))
        return popped[0] if popped else None

    async def clear_session(self) -> None:
        """Forget all items, and all earlier states of the conversation."""
        await self._store.acall(lambda memory: memory.checkpoints.forget(self._thread))

    def _load(self, memory: Memory) -> Items:
        with memory.checkpoints.at_once():
            head = memory.checkpoints.latest(self._thread)
            if head is None:
                return []
            state = memory.checkpoints.state(head.id)
        try:
            items: Items = json.loads(state)
            if not isinstance(items, list):
                raise ValueError("no list")
        except (ValueError, RecursionError) as error:
            raise DamagedStore(
                f"Checkpoint {head.id} holds no items of a conversation ({error}). Go back to an "
                "earlier one: hpm checkpoints STORE fork ID THREAD."
            ) from error
        return items

    def _change(self, memory: Memory, work: Callable[[Items], Items]) -> None:
        with memory.checkpoints.together():  # from here on nobody else writes
            before = self._load(memory)
            after = work(before)
            if after != before:
                state = json.dumps(after).encode()
                memory.checkpoints.save(self._thread, state, kind=_KIND)
                memory.checkpoints.keep(Keep(last=VERSIONS), self._thread)
