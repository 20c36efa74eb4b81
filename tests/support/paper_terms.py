"""The terms of the paper, which stand under Details, in the glossary and in the query language."""

from __future__ import annotations

import re

# The views' names, written as names, are the words of the people that this is made for.
_VIEWS = re.compile(r"\b(Masks|Prototypes|Consolidation)\b")
_TERMS = re.compile(
    r"\b(age now|ageing|settled?|settles|settling|canar(?:y|ies)|nats|EWC|BWT|ACC|ledger"
    r"|episodic|ma[dk]e whole|refused"
    r"|evict(?:s|ed|ion|ions)?|goes? with the next|stays?, cold|harness"
    r"|record of the step|injected by|vectors?|encod(?:es?|ed|ing|ers?)|embeddings?"
    r"|index(?:ed|ing)? for recall|prototypes?|Fisher|elastic|tiers?|masks?|side-cars?)\b",
    re.IGNORECASE,
)


def terms_in(text: str) -> list[str]:
    """The terms that a text has, the names of the views left out."""
    return _TERMS.findall(_VIEWS.sub("", text.replace("&", "")))
