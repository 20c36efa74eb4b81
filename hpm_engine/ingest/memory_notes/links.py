"""What a note links to: files in Markdown links, notes in double brackets, imported files."""

from __future__ import annotations

import re

_MARKDOWN = re.compile(
    r"(?<!!)\[[^\[\]\n]{0,400}\]\(<?([^()<>\s]{1,1000})>?(?: \"[^\"\n]{0,200}\")?\)"
)
_WIKI = re.compile(r"\[\[([^\[\]|#\n]{1,300})(?:[|#][^\[\]\n]{0,300})?\]\]")
_IMPORT = re.compile(r"^@(\S{1,1000})[ \t]*\r?$", re.MULTILINE)
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{0,20}:")
_MOST = 2_000  # links of a note


def links(text: str) -> tuple[str, ...]:
    """The targets as the text writes them, each once: "topic.md", "[[Row Format]]", "@more.md".

    Links to the web and to places within the text are left out.
    """
    found = [
        (match.start(), target)
        for match in _MARKDOWN.finditer(text)
        if (target := match[1].partition("#")[0]) and not _SCHEME.match(target)
    ]
    found += [(match.start(), f"[[{match[1].strip()}]]") for match in _WIKI.finditer(text)]
    found += [(match.start(), f"@{match[1]}") for match in _IMPORT.finditer(text)]
    return tuple(dict.fromkeys(target for _, target in sorted(found)))[:_MOST]
