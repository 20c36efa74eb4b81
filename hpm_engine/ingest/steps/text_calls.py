"""Calls in an agent's prose, for formats without a field for calls."""

from __future__ import annotations

import re

from hpm_engine.values.episodes import Part, PartKind

_FUNCTION = re.compile(r"<function=([\w.-]+)>"), re.compile("</function>")
_EXECUTE = re.compile(r"<execute(?:_(\w+))?>"), re.compile(r"</execute(?:_\w+)?>")
_ACT_BASH = re.compile(r"^Act: bash\s*```(?:bash)?\n(.*?)\n?```", re.DOTALL | re.MULTILINE)
_LAST_FENCE = re.compile(r"```[\w-]*\n((?:(?!```).)*?)\n?```\s*\Z", re.DOTALL)


def split_calls(text: str, *, fenced: bool = False) -> tuple[str, list[Part]]:
    """The prose around the calls in ``text``, and the calls.

    A call is ``<function=…>``, ``<execute>`` or "Act: bash"; with ``fenced`` also a code block at
    the end, as SWE-agent's first versions wrote commands.
    """
    calls: list[Part] = []

    if "<function=" in text:
        text, elements = _without_elements(text, *_FUNCTION)
        for name, inner in elements:
            calls.append(Part(PartKind.CALL, inner.removeprefix("\n").removesuffix("\n"), name))
    elif "<execute" in text:
        text, elements = _without_elements(text, *_EXECUTE)
        for name, inner in elements:
            calls.append(Part(PartKind.CALL, inner.strip(), name or "execute"))
    elif "Act: bash" in text and (act := _ACT_BASH.search(text)):
        calls.append(Part(PartKind.CALL, act[1], "bash"))
        text = text[: act.start()] + text[act.end() :]
    elif fenced and (fence := _LAST_FENCE.search(text)):
        calls.append(Part(PartKind.CALL, fence[1], "bash"))
        text = text[: fence.start()]
    return (text.strip() if calls else text), calls


def _without_elements(
    text: str, opening: re.Pattern[str], closing: re.Pattern[str]
) -> tuple[str, list[tuple[str, str]]]:
    """The text around elements, and the name and inner text of each.

    In one pass: an expression for whole elements looks on to the end from every unended opening.
    """
    around: list[str] = []
    elements: list[tuple[str, str]] = []
    position = 0
    while begin := opening.search(text, position):
        end = closing.search(text, begin.end())
        if end is None:
            break
        around.append(text[position : begin.start()])
        elements.append((begin[1] or "", text[begin.end() : end.start()]))
        position = end.end()
    return "".join(around) + text[position:], elements
