"""How agents stand to this program: whether they are there, and which stores they use."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from hpm_engine.connecting.agents import ConnectableAgent, HookShape, ServerShape
from hpm_engine.connecting.plan import planned
from hpm_engine.connecting.receipt import Receipt, receipts_of
from hpm_engine.errors import CannotWrite


class AgentConnection(msgspec.Struct, frozen=True):
    """One connection of an agent, as its settings have it now.

    ``hooks`` and ``server`` say whether they stand there; ``missing`` names what was put in and
    stands there no more, ``trouble`` why the settings cannot be understood.
    """

    store: str
    project: str = ""  # its folder; "" for all projects
    here: bool = False  # whether it is to the store that was asked about
    store_there: bool = True
    hooks: bool = False
    server: bool = False
    missing: tuple[str, ...] = ()
    trouble: str = ""
    by_hand: bool = False  # no receipt: a person put it in


class AgentStanding(msgspec.Struct, frozen=True):
    """One agent: whether it is on this machine, and its connections, that of all projects first."""

    agent: ConnectableAgent
    there: bool
    folder: str  # of its settings
    program: bool = False  # whether its command is found
    connections: tuple[AgentConnection, ...] = ()

    def connection(self, project: str = "") -> AgentConnection | None:
        """The connection of a project, or of all."""
        return next((held for held in self.connections if held.project == project), None)


def standing_of(
    agent: ConnectableAgent, store: Path, home: Path, environ: Mapping[str, str]
) -> AgentStanding:
    """How one agent stands; ``store`` is what a connection by hand is looked for of."""
    folder = agent.settings(home, environ)
    program = shutil.which(agent.program or agent.name, path=environ.get("PATH"))
    there = os.path.isdir(folder) or program is not None  # false also where it cannot be read
    connections = [
        _connection(agent, folder, receipt, store) for receipt in receipts_of(agent.name)
    ]
    if not any(not held.project for held in connections):
        connections[:0] = _by_hand(agent, folder, store)
    return AgentStanding(agent, there, str(folder), program is not None, tuple(connections))


def _connection(
    agent: ConnectableAgent, folder: Path, receipt: Receipt, asked: Path
) -> AgentConnection:
    store = Path(receipt.store)
    project = Path(receipt.project) if receipt.project else None
    held = AgentConnection(
        receipt.store,
        receipt.project,
        here=store == asked or store.resolve() == asked.resolve(),
        store_there=store.is_file(),
    )
    try:
        hooks = _stands(agent, store, folder, project, hooks=True)
        server = receipt.registered
        if agent.server_shape is not ServerShape.COMMAND:
            server = _stands(agent, store, folder, project, hooks=False)
    except CannotWrite as error:
        return msgspec.structs.replace(held, trouble=str(error).splitlines()[0])
    missing = (
        *(("hooks",) if receipt.hooks and not hooks else ()),
        *(("server",) if receipt.server and not server else ()),
    )
    return msgspec.structs.replace(held, hooks=hooks, server=server, missing=missing)


def _by_hand(agent: ConnectableAgent, folder: Path, store: Path) -> Iterator[AgentConnection]:
    try:
        hooks = _stands(agent, store, folder, None, hooks=True)
        server = _stands(agent, store, folder, None, hooks=False)
    except CannotWrite:
        return  # nothing was connected, and connecting will say what is wrong with the file
    if hooks or server:
        yield AgentConnection(str(store), here=True, hooks=hooks, server=server, by_hand=True)


def _stands(
    agent: ConnectableAgent, store: Path, folder: Path, project: Path | None, *, hooks: bool
) -> bool:
    """Whether the hooks, or else the server, stand in the settings as they would be put in."""
    if hooks and agent.hook_shape is HookShape.NONE:
        return False
    plan = planned(agent, store, folder, project=project, hooks=hooks, server=not hooks)
    return bool(plan.files) and not any(file.changes for file in plan.files)
