"""The state of a session of Kimi, which a file above or beside its lines holds."""

from __future__ import annotations

from hpm_engine.ingest.json.plain_values import companion_value, mapping, text
from hpm_engine.ingest.steps.gathered import GatheredSession


def read_state(session: GatheredSession, data: bytes | None) -> None:
    """Take the title and the folder from the file's bytes; what is damaged says nothing."""
    KimiState(data).tell(session)


class KimiState:
    """What the file says; nothing where there is none, or a damaged one."""

    def __init__(self, data: bytes | None) -> None:
        self._state = mapping(companion_value(data))

    @property
    def forked_from(self) -> str:
        """The session that this one is a fork of; "" for none."""
        return text(self._state.get("forkedFrom"))

    def parent_agent(self, agent: str) -> str:
        """The agent that started another one; "" where it is not said."""
        return text(self._agent(agent).get("parentAgentId"))

    def is_fork(self, agent: str) -> bool:
        """Whether an agent began with another's context, as for a question aside (``/btw``)."""
        return bool(text(self._agent(agent).get("forkedFrom")))

    def _agent(self, agent: str) -> dict[str, object]:
        return mapping(mapping(self._state.get("agents")).get(agent))

    def tell(self, session: GatheredSession) -> None:
        """Give a session its title and its folder."""
        state = self._state
        session.cwd = session.cwd or text(state.get("workDir"))
        custom = text(state.get("custom_title"))
        if custom and state.get("title_generated") is not True:
            session.name = custom
        elif state.get("isCustomTitle") is True or state.get("titleKind") == "custom":
            session.name = text(state.get("title"))
        else:
            session.agent_name = custom or text(state.get("title"))
