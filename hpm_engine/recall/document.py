"""The texts of an episode that recall searches: asked, said and done; names of what was seen."""

from __future__ import annotations

import re
from collections.abc import Sequence

from hpm_engine.recall.changes import changes_of, is_test
from hpm_engine.recall.words import stem_of
from hpm_engine.store.ledger_text import LEDGER, ledger_words
from hpm_engine.store.rows.steps import step_id
from hpm_engine.store.search.name_index import names_apart
from hpm_engine.store.search.recall_index import RecallField, RecallText
from hpm_engine.store.search.search_index import without_blobs
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource
from hpm_engine.words.calls import plain_words
from hpm_engine.words.own_quotation import is_own_quotation
from hpm_engine.words.parts import END, underscored, words_in
from hpm_engine.words.path_names import paths_with_ending
from hpm_engine.words.scripts import segmented, words_of

_LONGEST = 100_000  # characters of one text
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{2,63}")


def document(episode_id: int, cwd: str, steps: Sequence[Step], titles: str = "") -> RecallText:
    """The texts to index of an episode that worked in the folder ``cwd`` ("" if not known).

    ``titles`` are the names that it was given. Texts are as the full-text index needs them.

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
            if part.kind is PartKind.RESULT and is_own_quotation(part.text):
                continue  # it counts in the session that it was quoted from
            text = without_blobs(plain_words(part.text)[:_LONGEST])
            if part.kind is PartKind.RESULT:
                # Also of a step that is whole itself: what it names was met elsewhere too.
                if evicted and part.name == LEDGER and part is step.parts[-1]:
                    listed += ledger_words(text)
                else:
                    seen.update(_NAME.findall(text) if text.isascii() else _names_in(text))
                continue
            texts += (part.name, text) if part.name else (text,)
            if part.kind is PartKind.CALL:
                touched += paths_with_ending(text)
        if texts:
            said[step_id(episode_id, step.seq)] = segmented("\n".join(texts))
    changed = [change for change in changes_of(steps, cwd) if not is_test(change.path)]
    paths = sorted({change.path for change in changed})
    named = segmented(titles)
    names = _names_apart([named, *said.values()])
    words = [words_in(text) for text in (named, *said.values())]
    met = {name.lower() for name in (*seen, *listed)}
    parts = underscored(met.union(*words))
    texts_of = {
        RecallField.WORDS: "\n".join(
            (named, *said.values(), *sorted(seen), *listed, *_each_once(names), *parts)
        ),
        RecallField.PATCH: segmented("\n".join(change.text for change in changed)),
        RecallField.CHANGED: segmented("\n".join(paths)),
        RecallField.TOUCHED: segmented("\n".join(touched)),
    }
    for key, apart, own in zip(said, names[1:], words[1:], strict=True):
        said[key] = "\n".join(filter(None, (said[key], apart, *underscored(own))))
    files = frozenset((stem_of(path), path) for path in paths)
    return RecallText(texts_of, said, files)


def _names_in(text: str) -> list[str]:
    """Names, and the words of scripts other than Latin."""
    return [word for word in words_of(text) if not word.isascii() or _NAME.fullmatch(word)]


def _names_apart(texts: Sequence[str]) -> list[str]:
    """What to index beside each text: its names apart."""
    data, ends = bytearray(), []
    for text in texts:
        data += text.encode()
        data += b"\n"
        ends.append(len(data))
    return names_apart(bytes(data), ends)


def _each_once(names: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(name for row in names if row for name in row.split(END)))
