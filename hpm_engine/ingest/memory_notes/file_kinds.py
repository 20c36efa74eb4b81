"""The kinds of memory that are Markdown files: what each is known by, and who writes it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from hpm_engine.ingest.memory_notes.front_matter import MarkdownText
from hpm_engine.values.memory_notes import NoteAuthor

_OBSERVATION = re.compile(r"^[ \t]{0,8}[-*] \[(?![xX /-]\])[^\]\n]{1,40}\] \S", re.MULTILINE)
_CLAUDE_FOLDER = re.compile(r"/projects/-[^/]{1,300}/memory/(?:[^/]{1,300}/){0,8}[^/]{1,300}\Z")
_LETTA_FOLDER = re.compile(
    r"/(?:agent-[0-9a-f-]{8,60}|\.letta/agents/[^/]{1,200})"
    r"/(?:[^/]{1,200}\.(?:tar|tgz|tar\.[a-z0-9]{2,4}|zip)/)?memory/"
)
_DATED = re.compile(r"^#{1,3} \d{4}-\d\d-\d\d", re.MULTILINE)
_INDEX_LINE = re.compile(r"(?:[-*] )?\[[^\]\n]{1,300}\]\([^()\n]{1,1000}\)")
_INSTRUCTIONS = {
    "CLAUDE.md": "Claude Code",
    "CLAUDE.local.md": "Claude Code",
    "AGENTS.md": "",
    "AGENTS.override.md": "Codex",
    "AGENTS.local.md": "Qoder",
    "GEMINI.md": "Gemini CLI",
}
_RULES = {"/.claude/rules/": "Claude Code", "/.qoder/rules/": "Qoder"}  # folders, with whose
Beside = Callable[[str], bytes | None]


class NamedText(NamedTuple):
    """A Markdown file with its place; ``path`` has slashes and begins with one."""

    path: str
    markdown: MarkdownText
    beside: Beside

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.rsplit("/", 1)[-1]

    @property
    def body(self) -> str:
        """The text below the front matter."""
        return self.markdown.body


class FileKind(NamedTuple):
    """A kind of memory that is a folder of Markdown files."""

    store: str
    agent: str
    author: NoteAuthor
    holds: Callable[[NamedText], bool]


def _is_markdown(text: NamedText) -> bool:
    return text.name.lower().endswith((".md", ".mdx", ".markdown"))


def _is_agents_own(text: NamedText) -> bool:
    return "/agent-memory/" in text.path or "/agent-memory-local/" in text.path


def _is_instructions(text: NamedText) -> bool:
    return text.name in _INSTRUCTIONS or any(folder in text.path for folder in _RULES)


def _is_codex(text: NamedText) -> bool:
    if "/.codex/memories/" in text.path or "/rollout_summaries/" in text.path:
        return True
    names_rollouts = "rollout_path" in text.body or "rollout_summar" in text.body
    if names_rollouts and "thread_id" in text.body:
        return True
    if text.name in ("memory_summary.md", "raw_memories.md"):
        return True
    beside = text.name == "MEMORY.md" and "memories/" in text.path
    return beside and text.beside("memory_summary.md") is not None


def _is_hermes(text: NamedText) -> bool:
    return text.path.endswith(("/memories/MEMORY.md", "/memories/USER.md"))


def _is_letta(text: NamedText) -> bool:
    if _LETTA_FOLDER.search(text.path):
        return True
    in_system = "/memory/system/" in text.path or "/memory/reference/" in text.path
    front = text.markdown.front
    return in_system and "description" in front and not {"name", "type"} & front.keys()


def _is_claude(text: NamedText) -> bool:
    if _CLAUDE_FOLDER.search(text.path):
        return True
    folder = text.path.rsplit("/", 2)[-2]
    if folder == "memory" and text.name == "MEMORY.md":
        return True
    front = text.markdown.front
    typed = "type" in front or bool(text.markdown.word("metadata.type"))
    return "/memory/" in text.path and {"name", "description"} <= front.keys() and typed


def _is_qoder(text: NamedText) -> bool:
    return "/.qoder/" in text.path and "/memories/" in text.path


def _is_basic(text: NamedText) -> bool:
    if "permalink" in text.markdown.front or "/basic-memory/" in text.path:
        return True
    return "[[" in text.body and _OBSERVATION.search(text.body) is not None


def _is_okf(text: NamedText) -> bool:
    front = text.markdown.front
    if "type" in front:
        told = bool({"title", "description", "timestamp", "tags", "resource"} & front.keys())
        return told or _in_bundle(text)
    if text.name == "index.md":
        return _is_index(text.body)
    if text.name == "log.md":
        return _DATED.search(text.body) is not None and _in_bundle(text)
    return "title" in front and _in_bundle(text)


def _in_bundle(text: NamedText) -> bool:
    """Whether an index of a bundle lies beside the file, or in a folder above it."""
    for above in ("index.md", "../index.md", "../../index.md"):
        data = text.beside(above)
        if data and _is_index(data[:65_536].decode("utf-8-sig", "replace")):
            return True
    return False


def _is_index(body: str) -> bool:
    """Whether a text is a bundle's index: headings, and items that begin with a link."""
    lines = [line.strip() for line in body.splitlines() if line.strip()]
    linked = sum(_INDEX_LINE.match(line) is not None for line in lines)
    return linked > 0 and linked + sum(line.startswith("#") for line in lines) == len(lines)


# The first that holds a file has it.
FILE_KINDS = (
    FileKind("claude-code-agent-memory", "Claude Code", NoteAuthor.AGENT, _is_agents_own),
    FileKind("instructions", "", NoteAuthor.PERSON, _is_instructions),
    FileKind("codex-memories", "Codex", NoteAuthor.AGENT, _is_codex),
    FileKind("letta-memfs", "Letta Code", NoteAuthor.AGENT, _is_letta),
    FileKind("claude-code-memory", "Claude Code", NoteAuthor.AGENT, _is_claude),
    FileKind("qoder-memories", "Qoder", NoteAuthor.AGENT, _is_qoder),
    FileKind("hermes-memory", "Hermes", NoteAuthor.AGENT, _is_hermes),
    FileKind("basic-memory", "Basic Memory", NoteAuthor.AGENT, _is_basic),
    FileKind("okf", "", NoteAuthor.AGENT, _is_okf),
)


def kind_of(text: NamedText) -> FileKind | None:
    """The kind of memory that a Markdown file belongs to; None for any other text."""
    if not _is_markdown(text):
        return None
    return next((kind for kind in FILE_KINDS if kind.holds(text)), None)


def instructed_agent(text: NamedText) -> str:
    """The agent that a file of instructions is for; "" for every agent."""
    if (agent := _INSTRUCTIONS.get(text.name)) is not None:
        return agent
    return next((agent for folder, agent in _RULES.items() if folder in text.path), "")
