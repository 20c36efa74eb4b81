"""Receipts: what a connection changed, so that it can be taken back to the byte."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from hpm_engine.system.data_folder import data_folder
from hpm_engine.system.output_file import write_file
from hpm_engine.system.private_files import private_folder


class ChangedFile(msgspec.Struct, frozen=True):
    """One file: its digests before ("" where there was none) and after, and what we made in it."""

    path: str
    before: str
    after: str
    backup: str = ""
    containers: tuple[tuple[str, ...], ...] = ()  # made for ours: they go when they are empty
    kind: str = "json"  # or toml, or plugin


class Receipt(msgspec.Struct, frozen=True):
    """A connection of one agent; times are Unix microseconds."""

    agent: str
    store: str
    at: int
    files: tuple[ChangedFile, ...]
    registered: bool = False  # by the agent's own command
    project: str = ""
    hooks: bool = True  # whether they were put in
    server: bool = True


def receipt_path(agent: str, project: Path | None = None) -> Path:
    """Where the receipt of an agent lies, of all projects or of one."""
    name = agent
    if project is not None:
        name += "-" + hashlib.sha256(str(project).encode()).hexdigest()[:12]
    return data_folder() / "connections" / f"{name}.json"


def read_receipt(agent: str, project: Path | None = None) -> Receipt | None:
    """The receipt; ``None`` where there is none, or none that can be read."""
    try:
        return msgspec.json.decode(receipt_path(agent, project).read_bytes(), type=Receipt)
    except (OSError, msgspec.DecodeError):
        return None


def receipts_of(agent: str) -> list[Receipt]:
    """All connections of an agent that can be read: that of all projects, then by project."""
    folder = receipt_path(agent).parent
    receipts = []
    for path in sorted(folder.glob(f"{agent}*.json")):
        with suppress(OSError, msgspec.DecodeError):
            receipt = msgspec.json.decode(path.read_bytes(), type=Receipt)
            if receipt.agent == agent:
                receipts.append(receipt)
    return sorted(receipts, key=lambda receipt: receipt.project)


def keep_receipt(receipt: Receipt) -> None:
    """Write a receipt in place of the one before. Raises ``CannotWrite``."""
    path = receipt_path(receipt.agent, Path(receipt.project) if receipt.project else None)
    private_folder(path.parent)
    write_file(path, msgspec.json.format(msgspec.json.encode(receipt), indent=2) + b"\n")


def drop_receipt(agent: str, project: Path | None = None) -> None:
    """Forget a connection that was taken back."""
    receipt_path(agent, project).unlink(missing_ok=True)
