"""What a person says for longer than a task: how sure it is, by how it is said."""

from __future__ import annotations

import re

_LONGEST = 240  # characters of a statement; what is longer is a text that was pasted in
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[^a-z0-9\s])|\n+")
_LEAST_WORDS = 3
_NONE = -9.0  # sureness of what is no statement
_WEAKER = 1.0  # what a sentence may be less sure than the surest beside it, to stand with it
SURE = 1.5  # enough to be given for its wording alone
# Words that only lead to what is said.
_LEAD = re.compile(
    r"^(?:(?:and|ok|okay|no|also|good|thanks)[,.] |and (?=remember|note))*"
    r"(?:(?:by the way|btw|fyi|for the record"
    r"|before i forget(?: it)?|(?:just )?one more thing\b[^:.]{0,60}|(?:please )?(?:note|remember)"
    r"(?: for later)?)\s*[,:]\s*)?",
    re.IGNORECASE | re.ASCII,
)
LEAST = 0.0  # of the sureness of what may be a rule
# Said of all times and all cases: that alone is enough. English, and what is commonest in others.
_ALWAYS = re.compile(
    r"\b(always|never|from (?:now|today|here) on|from today|henceforth|as a rule|by convention"
    r"|convention|policy|(?:the|our|my|house) rules?|here we|no exceptions?|off[ -]limits|taboo"
    r"|forbidden|banned|prohibited|(?:not|only) allowed|hands off|keep in mind"
    r"|(?:please )?remember (?:that|to|for)|we (?:only|do not|don.t|have our own)"
    r"|immer|niemals|nie|grunds\w+tzlich|ab (?:jetzt|heute|sofort)|bei uns|toujours|jamais"
    r"|d\w+sormais|siempre|nunca|a partir de ahora|sempre|mai pi\w|d\w+ora in poi|altijd|nooit"
    r"|alltid|aldrig|zawsze|nigdy)\b"
    r"|всегда|никогда|总是|始终|永远|必须|从不|必ず|常に|決して",
)
# What rules are often made of, and single wishes too.
_RULES = re.compile(
    r"\b(must|has to|have to|should|only|at (?:most|least)|minimum|maximum|below|under|stays?"
    r"|instead(?: of)?|rather than|otherwise|belongs?|everywhere|nowhere|anywhere|whatever|whoever"
    r"|(?:go|goes|gets?|put|come|comes) (?:in|into|through|by|from|out of)|lives? in|sits? in"
    r"|in (?:this|our|the) (?:repo(?:sitory)?|project|code ?base|team|code|house)|we|our"
    r"|do not|don.t|no|not|without|prefer(?:red)?|avoid|stick to|ask \w+ (?:before|first)"
    r"|rejected|welcome|reserved|deprecated|gone|dead|out of the question|every|each|all|any"
    r"|anything|nobody|nothing else|whose|which|are|is|means?|carry|carries|needs?|begins?"
    r"|starts? with"
    r"|ends? (?:up|with|in)|called|named|written|done (?:with|by)|made (?:with|through|by|of)"
    r"|run on|before|muss|m\w+ssen|nur|kein\w*|doit|debe|deve|moet)\b",
)
# A convention is of something: a name, a path, a number, a piece of code.
_VALUE = re.compile(
    r"`[^`]+`|\"[^\"]+\"|\w[./_-]\w|\b\w+\(\)|<\w+>|@\w|\b\d|[a-z][A-Z]|\b[A-Z]{2,}|~/|\s\.\w"
)
# Spoken of all of a kind: a bare plural, or a word for all of them, begins it.
_GENERAL = re.compile(
    r"(?:(?:no|ok|by the way|and|also|please note),? )?(?:(?:all|any|anything|each|every|everything"
    r"|no|nobody|nothing|only|new|public|our|whoever|whatever|wherever|when|if) \w"
    r"|(?!the |these |those |my |your |both |some |two |three )\w+ [a-z]{2,}s (?:are|have|go|come"
    r"|live|return|start|begin|end|use|get|need|stay|belong|must|should|run|carry|look|take|say)\b"
    r"|(?!(?:th\w+s|always|its|yes|looks|thanks|fails|does|has|was|is|as|us|runs|seems|works"
    r"|sometimes|perhaps|unless|less|across|plus|versus)\b)[a-z]{3,}[^su\W]s\b(?!\w| of the))",
)
_CASES = re.compile(
    r"\b(whenever|whoever|each (?:time|new)|every (?:time|new)"
    r"|before (?:each|every|any|you|anything)"
    r"|after (?:each|every)|for (?:each|every|any|all)|when(?:ever)? you|if you|if they|unless)\b",
)
_DEFINITE = re.compile(r"\b(the|this|that|it|these|those|now|here|there)\b")
_YOU = re.compile(r"(?<!when )(?<!if )\b(you|your|let.s|i think)\b(?! must)")
_HABIT = re.compile(
    r"(?:please )?(?:use|prefer|keep|avoid|name|format|wrap|sort|place|put|log|write|run|stick|ask"
    r"|follow)\b",
)
# Lines that programs wrote.
_PASTED = re.compile(
    r"^[^\w`'\"(.@]|^\d|:\d+:\d|://|\b(?:error|warning|exception)\w*\s*[:@\[(]|^\s*at \w+[.(]|</"
    r"|\b(?:bash|zsh|npm err!?|traceback|stderr|stdout):|\w=>|;$|[{}]$",
)
_SIGNS = re.compile(r"[^\w\s.,;:'\"!?/`()-]|[=<>{}\[\]|]")
_MOST_SIGNS = 0.06  # of the characters
_NOW = re.compile(
    r"\b(for now|yet|again|once more|right now|right away|this time|today|tomorrow|yesterday"
    r"|at the moment|a moment|until we|until you|while you|before i|in this (?:pr|file|commit))\b",
)
_PAST = re.compile(
    r"\b(was|were|did|didn.t|had|saw|seen|been|went|came|broke|crashed|failed|worked|noticed)\b",
)
_POINTING = re.compile(
    r"(?:and |but |so |ok,? |no,? |well,? |please )?(?:i|you|he|she|they|it|its|it.s|that|that.s"
    r"|this|these|those|there|the (?:first|second|third|last|other|next|old|new|same|two|three)"
    r"|looks|thanks?|good|great|fine|ok|okay|yes|stop|wait)\b",
)
_TASK = re.compile(
    r"(?:and |then |now |ok,? |please |can you |could you )*(?:add|apply|build|change|check|commit"
    r"|continue|create|debug|delete|do|explain|export|find|fix|give|go|help|implement|let|list|look"
    r"|make|keep going|move|name|open|plan|print|push|put|read|remove|rename|reply|replace|rerun"
    r"|revert|run"
    r"|show|split|start|tell|test|try|undo|update|use|wire|write)\b",
)


def lasting(text: str) -> tuple[str, float]:
    """What in a person's message is meant for later sessions too, and how surely.

    Sureness is ``LEAST`` for what may be a rule, and 2 and more for what is said of all cases. It
    is read off the wording alone, in English and, for plain words like "always", in some others.
    """
    best, pieces = _NONE, list[str]()
    for paragraph in text.split("\n\n"):
        sentences = [part.strip() for part in _SENTENCE.split(paragraph) if part.strip()]
        marks = [_sureness(sentence) for sentence in sentences]
        surest = max(marks, default=_NONE)
        if surest < LEAST:
            continue
        least = max(LEAST, min(surest - _WEAKER, SURE))
        pieces += [each for each, mark in zip(sentences, marks, strict=True) if mark >= least]
        best = max(best, surest)
    statement = _LEAD.sub("", " ".join(pieces))
    if len(statement) > _LONGEST:
        statement = max(pieces, key=_sureness)
    return statement[:1].upper() + statement[1:], best


def _sureness(sentence: str) -> float:
    """How surely a sentence is meant for later too."""
    if len(sentence) > _LONGEST or len(sentence.split()) < _LEAST_WORDS:
        return _NONE
    # Expressions that ignore case themselves take 40 ms to make.
    small = sentence.lower()
    if small.endswith("?") or _PASTED.search(small):
        return _NONE
    if len(_SIGNS.findall(small)) > _MOST_SIGNS * len(small):
        return _NONE
    always = bool(_ALWAYS.search(small))
    general = bool(_GENERAL.match(small)) or bool(_CASES.search(small))
    definite = bool(_DEFINITE.search(small))
    mark = 2.0 * always + 0.5 * min(2, len(_RULES.findall(small)))
    mark += 1.0 * bool(_VALUE.search(sentence[1:])) + 1.0 * general - 0.5 * definite
    mark -= 1.5 * bool(_NOW.search(small)) + 1.5 * bool(_PAST.search(small))
    mark -= 2.0 * bool(_POINTING.match(small)) + 1.0 * bool(_YOU.search(small))
    if not (always or general) and _TASK.match(small):
        habit = bool(_HABIT.match(small)) and not definite
        mark += 0.5 if habit else -1.5
    return mark
