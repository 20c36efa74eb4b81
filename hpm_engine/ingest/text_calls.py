"""Calls that an agent wrote into its prose, where its format has no field for them."""

from __future__ import annotations

import re

from hpm_engine.records import Part, PartKind

_FUNCTION = re.compile(r"<function=([\w.-]+)>\n?(.*?)\n?</function>", re.DOTALL)
_EXECUTE = re.compile(r"<execute(?:_(\w+))?>\s*(.*?)\s*</execute(?:_\w+)?>", re.DOTALL)
_ACT_BASH = re.compile(r"^Act: bash\s*```(?:bash)?\n(.*?)\n?```", re.DOTALL | re.MULTILINE)
_LAST_FENCE = re.compile(r"```[\w-]*\n((?:(?!```).)*?)\n?```\s*\Z", re.DOTALL)


def split_calls(text: str, *, fenced: bool = False) -> tuple[str, list[Part]]:
    """The prose around the calls in ``text``, and the calls.

    Known are ``<function=…>``, ``<execute>`` and "Act: bash"; with ``fenced`` also a code block
    at the end, as SWE-agent's first versions wrote commands.
    """
    calls: list[Part] = []

    def take(found: re.Match[str]) -> str:
        calls.append(Part(PartKind.CALL, found[2], found[1] or "execute"))
        return ""

    if "<function=" in text:
        text = _FUNCTION.sub(take, text)
    elif "<execute" in text:
        text = _EXECUTE.sub(take, text)
    elif "Act: bash" in text and (found := _ACT_BASH.search(text)):
        calls.append(Part(PartKind.CALL, found[1], "bash"))
        text = text[: found.start()] + text[found.end() :]
    elif fenced and (found := _LAST_FENCE.search(text)):
        calls.append(Part(PartKind.CALL, found[1], "bash"))
        text = text[: found.start()]
    return (text.strip() if calls else text), calls
