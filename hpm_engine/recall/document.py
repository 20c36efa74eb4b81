"""What of an episode recall searches: what was asked, said and done; names of what was seen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hpm_engine.ledger_text import LEDGER, ledger_words
from hpm_engine.recall.changes import changes_of, is_test
from hpm_engine.recall.words import stem_of
from hpm_engine.records import PartKind, Step, StepFlag, StepSource
from hpm_engine.store.recall_index import Field, RecallText
from hpm_engine.store.search_index import without_blobs
from hpm_engine.store.step_rows import step_id

_LONGEST = 100_000  # characters of one text
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,63}")
_PATH = re.compile(r"(?:[\w.-]+/)+[\w-]+\.\w{1,5}|\b[\w-]+\.[a-z]{1,4}\b")


def document(episode_id: int, cwd: str, steps: Sequence[Step]) -> RecallText:
    """The texts to index of an episode that worked in the folder ``cwd`` ("" if not known).

    Of results only the distinct names count, each once: observations repeat and would drown the
    rest; what a ledger lists in their place counts as often as it says. Of changes those to tests
    are left out. A step is indexed by what was said and done in
    it, and not at all if it repeats another episode's.
    """
    said: dict[int, str] = {}
    seen: set[str] = set()
    touched: list[str] = []
    listed: list[str] = []
    evicted = any(step.flags & StepFlag.ABRIDGED for step in steps)
    for step in steps:
        if step.flags & StepFlag.COPIED or step.source is StepSource.SYSTEM:
            continue
        texts: list[str] = []
        for part in step.parts:
            text = without_blobs(part.text[:_LONGEST])
            if part.kind is PartKind.RESULT:
                # Also of a step that is whole itself: what it names was met elsewhere too.
                if evicted and part.name == LEDGER and part is step.parts[-1]:
                    listed += ledger_words(text)
                else:
                    seen.update(_NAME.findall(text))
                continue
            texts += (part.name, text) if part.name else (text,)
            if part.kind is PartKind.CALL:
                touched += _PATH.findall(text)
        if texts:
            said[step_id(episode_id, step.seq)] = "\n".join(texts)
    changed = [change for change in changes_of(steps, cwd) if not is_test(change.path)]
    paths = sorted({change.path for change in changed})
    texts_of = {
        Field.WORDS: "\n".join((*said.values(), *sorted(seen), *listed)),
        Field.PATCH: "\n".join(change.text for change in changed),
        Field.CHANGED: "\n".join(paths),
        Field.TOUCHED: "\n".join(touched),
    }
    files = frozenset((stem_of(path), path) for path in paths)
    return RecallText(texts_of, said, files)
