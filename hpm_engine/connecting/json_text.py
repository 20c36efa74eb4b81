"""JSON as a text with places: something is put into it, or taken out, and the rest stays as it is.

Other programs' settings are never written anew from their values: that would lose their order,
their spaces and their numbers as they are spelt.
"""

from __future__ import annotations

import json
import re

import msgspec

_SPACE = re.compile(r"[ \t\r\n]*")
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")


def _no_constant(name: str) -> object:
    raise ValueError(name)


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
_DEEPEST = 100  # containers within each other


class NotStrictJSON(ValueError):
    """The text is no strict JSON; ``line`` and ``column`` count from 1."""

    def __init__(self, reason: str, text: str, index: int) -> None:
        before = text[:index]
        self.line = before.count("\n") + 1
        self.column = index - before.rfind("\n")
        super().__init__(f"{reason} at line {self.line}, column {self.column}")


class Node(msgspec.Struct, frozen=True):
    """A value and where its text stands; ``members`` of an object, ``items`` of an array."""

    start: int
    end: int
    value: object
    members: dict[str, Node] | None = None
    items: tuple[Node, ...] | None = None
    key_start: int = -1  # of a member: where its key begins

    @property
    def children(self) -> tuple[Node, ...]:
        """The values in a container, in the order of the text."""
        return tuple((self.members or {}).values()) or self.items or ()


def parsed(text: str, within: frozenset[str] | None = None) -> Node:
    """The value of a whole text. Raises ``NotStrictJSON``, also where a key stands twice.

    ``within`` are the members of the outermost object whose own places are asked for: the others,
    which may be large, are read as values alone.
    """
    start = _space(text, 0)
    node = (
        _object(text, start, 0, within) if text[start : start + 1] == "{" else _node(text, start, 0)
    )
    rest = _space(text, node.end)
    if rest != len(text):
        raise NotStrictJSON("something follows the value", text, rest)
    return node


def put_member(text: str, node: Node, key: str, value: object) -> str:
    """The text with a member more at the end of an object."""
    return _put(text, node, f"{json.dumps(key)}: ", value)


def put_item(text: str, node: Node, value: object) -> str:
    """The text with an item more at the end of an array."""
    return _put(text, node, "", value)


def without_child(text: str, node: Node, child: Node) -> str:
    """The text without one value of a container, its comma and the line it stood on."""
    children = node.children
    index = children.index(child)
    if index:  # with the comma before it, and the space between
        return text[: children[index - 1].end] + text[child.end :]
    if len(children) > 1:  # with the comma behind it, and the space up to the next
        following = children[1]
        return text[: _begin(child)] + text[_begin(following) :]
    return text[: node.start + 1] + text[node.end - 1 :]


def _begin(node: Node) -> int:
    return node.start if node.key_start < 0 else node.key_start


def _put(text: str, node: Node, head: str, value: object) -> str:
    children = node.children
    unit = _indent(text)
    newline = "\r\n" if "\r\n" in text else "\n"
    if children:
        end = children[-1].end
        lead = _line_lead(text, _begin(children[0]))
        if lead is None:  # all on one line
            return f"{text[:end]}, {head}{json.dumps(value, ensure_ascii=False)}{text[end:]}"
        body = _dumped(value, lead, unit, newline)
        return f"{text[:end]},{newline}{lead}{head}{body}{text[end:]}"
    own = _own_lead(text, node.start)
    if unit is None:
        body = json.dumps(value, ensure_ascii=False)
        return f"{text[: node.start + 1]}{head}{body}{text[node.start + 1 :]}"
    lead = own + unit
    body = _dumped(value, lead, unit, newline)
    inner = text[node.start + 1 : node.end - 1]
    close = "" if "\n" in inner else f"{newline}{own}"
    return f"{text[: node.start + 1]}{newline}{lead}{head}{body}{close}{text[node.start + 1 :]}"


def _dumped(value: object, lead: str, unit: str | None, newline: str) -> str:
    """A value as text, its lines after the first behind ``lead``."""
    lines = json.dumps(value, ensure_ascii=False, indent=unit or "  ").split("\n")
    return (newline + lead).join(lines)


def _indent(text: str) -> str | None:
    """What a level is set in by; ``None`` for a text of one line that holds something."""
    match = re.search(r"\n([ \t]+)\S", text)
    if match:
        return match[1]
    return "  " if "\n" in text or len(text.strip()) <= 2 else None


def _line_lead(text: str, index: int) -> str | None:
    """The space before what begins a line; ``None`` where something stands before it."""
    begin = text.rfind("\n", 0, index) + 1
    lead = text[begin:index]
    return lead if begin and not lead.strip() else None


def _own_lead(text: str, index: int) -> str:
    begin = text.rfind("\n", 0, index) + 1
    match = _SPACE.match(text, begin)
    return match[0] if match else ""


def _space(text: str, index: int) -> int:
    match = _SPACE.match(text, index)
    return match.end() if match else index


def _node(text: str, start: int, depth: int) -> Node:
    if depth > _DEEPEST:
        raise NotStrictJSON("it is nested too deeply", text, start)
    sign = text[start : start + 1]
    if sign == "{":
        return _object(text, start, depth)
    if sign == "[":
        return _array(text, start, depth)
    if sign == '"':
        value, end = _string(text, start)
        return Node(start, end, value)
    match = _SCALAR.match(text, start)
    if match is None:
        raise NotStrictJSON("a value is expected", text, start)
    return Node(start, match.end(), json.loads(match[0]))


def _string(text: str, start: int) -> tuple[str, int]:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise NotStrictJSON("a string does not end as it should", text, error.pos) from error
    return str(value), end


def _whole(text: str, start: int) -> Node:
    """A value with nothing of what is in it."""
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise NotStrictJSON("a value is expected", text, error.pos) from error
    except (RecursionError, ValueError) as error:
        raise NotStrictJSON("it is nested too deeply, or has odd numbers", text, start) from error
    return Node(start, end, value)


def _object(text: str, start: int, depth: int, within: frozenset[str] | None = None) -> Node:
    members: dict[str, Node] = {}
    index = _space(text, start + 1)
    while not (text[index : index + 1] == "}" and not members):
        if text[index : index + 1] != '"':
            raise NotStrictJSON("a key in double quotes is expected", text, index)
        key, after = _string(text, index)
        if key in members:
            raise NotStrictJSON(f"the key {json.dumps(key)} stands there twice", text, index)
        after = _space(text, after)
        if text[after : after + 1] != ":":
            raise NotStrictJSON("a colon is expected", text, after)
        after = _space(text, after + 1)
        whole = within is not None and key not in within
        child = _whole(text, after) if whole else _node(text, after, depth + 1)
        members[key] = msgspec.structs.replace(child, key_start=index)
        index, ended = _after(text, child.end, "}")
        if ended:
            break
    value = {key: child.value for key, child in members.items()}
    return Node(start, index + 1, value, members=members)


def _array(text: str, start: int, depth: int) -> Node:
    items: list[Node] = []
    index = _space(text, start + 1)
    while not (text[index : index + 1] == "]" and not items):
        items.append(_node(text, index, depth + 1))
        index, ended = _after(text, items[-1].end, "]")
        if ended:
            break
    return Node(start, index + 1, [item.value for item in items], items=tuple(items))


def _after(text: str, end: int, closing: str) -> tuple[int, bool]:
    """Where the next value begins, or the container ends, which the second says."""
    index = _space(text, end)
    sign = text[index : index + 1]
    if sign == closing:
        return index, True
    if sign != ",":
        raise NotStrictJSON(f"a comma or {closing} is expected", text, index)
    return _space(text, index + 1), False
