"""Where an agent looks for a session's file.

A session that was imported from the agent's own folder goes back to the same place in it, under
this person's home, whoever's it was. One that came from elsewhere (a copy, an archive) goes where
the agent would have written it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path, PurePosixPath

from hpm_engine.errors import HPMError
from hpm_engine.restoring.agent_home import AgentHome, json_object
from hpm_engine.values.episodes import EpisodeDetail

_PART = re.compile(r"[\w.+ @=,~()\[\]-]{1,255}")
_AGENT = re.compile(r"agent-[\w-]{1,100}\.jsonl")
_EXPORT = "export-"  # keys of sessions whose trace has no id begin so
_CODEX = re.compile(r"rollout-(\d{4})-(\d\d)-(\d\d)T[\w.-]{1,200}\.jsonl")
_GEMINI = re.compile(r"session-[\w.-]{1,200}\.jsonl?")
_HASH = re.compile(r"[0-9a-f]{64}")
_ID = re.compile(r"[\w-]{4,100}")
_LONGEST = 200  # characters of a folder that Claude Code names by its path without a digest
_NOT_PLAIN = re.compile(r"[^A-Za-z0-9]")


class NoPlace(HPMError):
    """Nobody knows where the agent would look; the text says why."""


def place_of(
    detail: EpisodeDetail, home: AgentHome, parent: EpisodeDetail | None = None, head: bytes = b""
) -> Path:
    """The path of an episode's file. Raises ``NoPlace``.

    ``parent`` is the episode that started this one; ``head`` the file's first bytes.
    """
    source = detail.source_path.replace("\\", "/")
    find = _BY_FORMAT.get(detail.episode.format)
    return _as_it_was(source, home) if find is None else find(detail, source, home, parent, head)


def _claude(
    detail: EpisodeDetail,
    source: str,
    home: AgentHome,
    parent: EpisodeDetail | None,
    _head: bytes,
) -> Path:
    root = home.claude / "projects"
    if (inside := _below(source, "projects")) and len(inside.parts) > 1:
        return root / inside
    name = source.rpartition("/")[2]
    key, _, child = detail.episode.key.partition("/")
    session = key.partition("#")[0]  # a branch is of the same session
    if not _ID.fullmatch(session) or session.startswith(_EXPORT):
        raise NoPlace("The trace does not say the session's id.")
    if not child:
        name = f"{session}.jsonl"
    elif not _AGENT.fullmatch(name):
        name = f"agent-{child.removeprefix('agent-')}.jsonl"
        if not _AGENT.fullmatch(name):
            raise NoPlace("The trace does not say the subagent's id.")
    cwd = detail.cwd or (parent.cwd if parent else "")
    if not cwd:
        raise NoPlace("The trace does not say which folder the session worked in.")
    folder = _NOT_PLAIN.sub("-", cwd)
    if len(folder) > _LONGEST:
        raise NoPlace("The path that the session worked in is too long to tell its folder.")
    if not child or _beside(source, parent):
        return root / folder / name
    return root / folder / session / "subagents" / name


def _beside(source: str, parent: EpisodeDetail | None) -> bool:
    """Whether a subagent's file lay beside that of its parent, as earlier versions wrote them."""
    if parent is None:
        return False
    return parent.source_path.replace("\\", "/").rpartition("/")[0] == source.rpartition("/")[0]


def _codex(
    detail: EpisodeDetail,
    source: str,
    home: AgentHome,
    _parent: EpisodeDetail | None,
    _head: bytes,
) -> Path:
    for folder in ("sessions", "archived_sessions"):
        if inside := _below(source, folder):
            return home.codex / folder / inside.with_suffix(".jsonl")
    name = source.rpartition("/")[2].removesuffix(".zst")
    if not (named := _CODEX.fullmatch(name)):
        started, key = detail.episode.started_at, detail.episode.key
        if started is None or not _ID.fullmatch(key):
            raise NoPlace("The trace does not say the session's id, or when it began.")
        local = datetime.fromtimestamp(started / 1e6, UTC).astimezone()
        name = f"rollout-{local:%Y-%m-%dT%H-%M-%S}-{key}.jsonl"
        named = _CODEX.fullmatch(name)
        assert named is not None
    return home.codex.joinpath("sessions", *named.groups(), name)


def _gemini(
    detail: EpisodeDetail,
    source: str,
    home: AgentHome,
    _parent: EpisodeDetail | None,
    head: bytes,
) -> Path:
    if (inside := _below(source, ".gemini/tmp")) and len(inside.parts) > 1:
        return home.gemini / "tmp" / inside
    name = source.rpartition("/")[2]
    if not _GEMINI.fullmatch(name):
        started, key = detail.episode.started_at, detail.episode.key
        if started is None or not _ID.fullmatch(key):
            raise NoPlace("The trace does not say the session's id, or when it began.")
        ending = "jsonl" if source.endswith(".jsonl") else "json"
        moment = datetime.fromtimestamp(started / 1e6, UTC)
        name = f"session-{moment:%Y-%m-%dT%H-%M}-{key[:8]}.{ending}"
    return home.gemini / "tmp" / _gemini_project(detail.cwd, home, head) / "chats" / name


def _gemini_project(cwd: str, home: AgentHome, head: bytes) -> str:
    """The name of a project's folder: what the agent calls it here, or the digest of its path."""
    known = json_object(home.gemini / "projects.json").get("projects")
    slug = known.get(cwd) if isinstance(known, dict) else None
    if isinstance(slug, str) and _PART.fullmatch(slug) and slug not in (".", ".."):
        return slug
    written = re.search(rb'"projectHash"\s{0,9}:\s{0,9}"([0-9a-f]{64})"', head)
    if written:
        return written[1].decode()
    if not cwd:
        raise NoPlace("The trace does not say which folder the session worked in.")
    return sha256(cwd.encode()).hexdigest()


def _as_it_was(source: str, home: AgentHome) -> Path:
    """The place that a file was imported from, if that is a plain file in the home folder."""
    path = Path(source)
    if "!/" in source:
        raise NoPlace("It came from an archive or a database, which is not written again.")
    if not path.is_absolute() or not path.is_relative_to(home.home) or ".." in path.parts:
        raise NoPlace("It was not imported from a folder of this person's agents.")
    return path


def _below(source: str, folder: str) -> PurePosixPath | None:
    """The path below a folder of an agent, if each of its parts is harmless."""
    _, found, rest = f"/{source}".rpartition(f"/{folder}/")
    parts = rest.split("/")
    if not found or "!" in rest or any(part in (".", "..") for part in parts):
        return None
    return PurePosixPath(rest) if all(map(_PART.fullmatch, parts)) else None


_BY_FORMAT = {"claude-code": _claude, "codex": _codex, "gemini-cli": _gemini}
