"""The search language: words, "phrases" and -exclusions, made into an FTS5 expression."""

from __future__ import annotations

import re

from hpm_engine.errors import BadQuery

_TOKEN = re.compile(r'\s*(?P<minus>-?)(?:"(?P<phrase>[^"]*)(?P<close>"?)|(?P<word>[^\s"]+))')


def full_text(text: str) -> str:
    """The FTS5 expression for ``text``: all words and phrases in one step, none of the excluded.

    A word that ends in ``*`` matches what begins so. Nothing in ``text`` is taken as FTS5 syntax.
    Raises ``BadQuery`` with the position of an open quote, or when only exclusions are left.
    """
    wanted: list[str] = []
    excluded: list[str] = []
    position = 0
    while match := _TOKEN.match(text, position):
        position = match.end()
        if match["phrase"] is not None and not match["close"]:
            raise BadQuery(
                f"The quote at position {match.start('phrase')} is not closed.",
                match.start("phrase") - 1,
            )
        term = _term(match["phrase"] if match["word"] is None else match["word"])
        if term:
            (excluded if match["minus"] else wanted).append(term)
    if excluded and not wanted:
        raise BadQuery("Only exclusions: add a word that must be there.", 0)
    expression = " AND ".join(wanted)
    return f"({expression}) NOT ({' OR '.join(excluded)})" if excluded else expression


def _term(term: str) -> str:
    prefix = term.endswith("*")
    term = term.rstrip("*")
    if not any(character.isalnum() for character in term):
        return ""  # FTS5 indexes no punctuation: alone it would match nothing
    return '"' + term.replace('"', '""').replace("\0", " ") + '"' + ("*" if prefix else "")
