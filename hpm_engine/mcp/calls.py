"""Calls of tools: from names and arguments to the text of an answer, errors among them."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from hpm_engine.errors import Cancelled, HPMError, StoreMissing
from hpm_engine.job import Job
from hpm_engine.mcp.asker import Asker, placed
from hpm_engine.mcp.store_thread import Work
from hpm_engine.mcp.tools import (
    FIND_TOKENS,
    Arguments,
    FindArguments,
    ProposeNoteArguments,
    ReadStepsArguments,
    arguments_of,
)
from hpm_engine.words.visible_text import visible

if TYPE_CHECKING:
    from hpm_engine.mcp.preparing import Preparing
    from hpm_engine.memory import Memory

_LOG = logging.getLogger(__name__)


class UnknownTool(Exception):
    """There is no tool of that name: the client's mistake, not the model's."""


class BadCall(Exception):
    """What a model can mend: the text says how. It is a result, not an error of the protocol."""


class Calls:
    """Makes work for the store's thread of what agents call."""

    def __init__(self, tokens_most: int, *, read_only: bool) -> None:
        self._most = tokens_most
        self._read_only = read_only
        self._preparing: Preparing | None = None

    def work(self, tool: str, given: Mapping[str, Any], asker: Asker) -> Work:
        """What has to be done for a call. Raises ``UnknownTool`` or ``BadCall``."""
        try:
            asked = arguments_of(tool, dict(given), read_only=self._read_only)
        except (msgspec.ValidationError, RecursionError) as error:
            raise BadCall(f"{tool}: {visible(str(error), lines=True)}.") from error
        if asked is None:
            raise UnknownTool(f"There is no tool {visible(tool, lines=True)!r}.")
        return lambda memory, job: self._answered(memory, job, asked, asker)

    def _answered(self, memory: Memory, job: Job, asked: Arguments, asker: Asker) -> str:
        # Loaded by the first call, so that the first reply does not wait for it.
        from hpm_engine.mcp import answers
        from hpm_engine.mcp.preparing import Preparing

        asker, known = placed(memory, asker)
        try:
            if isinstance(asked, FindArguments):
                text = answers.find(memory, asker, asked, min(FIND_TOKENS, self._most), job)
            elif isinstance(asked, ProposeNoteArguments):
                text = answers.propose_note(memory, asker, asked)
            elif isinstance(asked, ReadStepsArguments):
                tokens = min(asked.tokens, self._most)
                text = answers.read_steps(memory, asker, asked, tokens, job)
            else:
                if self._preparing is None:
                    self._preparing = Preparing()
                self._preparing.run(memory, job)
                tokens = min(asked.tokens, self._most)
                text = answers.recall(memory, asker, asked, tokens, known)
            return memory.secrets.clean(text)  # also of a store that keeps them in clear
        finally:
            job.step(0)  # a call that was cancelled has no answer


def explained(error: BaseException, store: Path) -> str:
    """A failure as the model reads it. What nobody expected goes to the log, without its text."""
    if isinstance(error, StoreMissing):
        return f"{visible(str(error), lines=True)} Sessions come into it by hpm import or hpm sync."
    if isinstance(error, (HPMError, BadCall)):
        return visible(str(error), lines=True)
    if isinstance(error, Cancelled):
        return "The call was broken off."
    _LOG.error("a call of an agent failed by something that nobody expected", exc_info=error)
    return "This failed by a mistake of the program; its log (hpm --log FILE mcp …) says where."
