"""What tells a secret's value from a placeholder, a name, a path or a word."""

from __future__ import annotations

import re
from collections import Counter
from math import log2

_PLACEHOLDER = re.compile(
    rb"(?i)[$<{%(*\[#&@]|\.\.|-{2,}[a-z]|x{4,}|_{3,}|\*{3,}|your[-_ ]?|my[-_ ]|example"
    rb"|change[-_]?me|placeholder|redact|dummy|sample|fake|todo|insert|replace|enter[-_ ]"
    rb"|none\b|null\b|true\b|false\b|undefined|string\b|secret[-_ ]?key\b|optional|process\."
    rb"|os\.|env[.\[]|config\.|settings\."
    rb"|self\.|this\.|req\.|request\.|args\.|options\.|ctx\.|secrets\.|vault:|ref[:+]|file:"
)
_MASKED = re.compile(rb"(?i)redacted|\*{4,}|x{6,}|example|placeholder|change[-_]?me|\.\.\.")
_NAME = re.compile(rb"[A-Za-z_]\w{0,80}(?:(?:\.|->|::)[A-Za-z_]\w{0,80}){1,8}\Z")
_WORDS = re.compile(rb"[A-Za-z]{1,30}(?:[-_ ./:][A-Za-z]{1,30}){0,12}\Z")
_NUMBER = re.compile(rb"[\d.,:+-]+(?:[eE][\d+-]+)?[a-zA-Z%]{0,2}\Z")
_PATH = re.compile(rb"(?:\.{0,2}/|~/|[A-Za-z]:[\\/]|https?:)")
_VERSIONED = re.compile(rb"[a-z]{2,}(?:[-_.][a-z]{1,}|[-_.]?\d{1,4}){1,8}\Z")
_LOOKED = 160  # bytes of a value


def entropy(value: bytes) -> float:
    """Shannon's entropy, in bits a byte."""
    value = value[:_LOOKED]
    size = len(value)
    return -sum(n / size * log2(n / size) for n in Counter(value).values()) if size else 0.0


def is_random(value: bytes) -> bool:
    """Whether a long value is too mixed to be words; a key's body."""
    return not _MASKED.search(value) and entropy(value) >= 2.9


def is_mixed(value: bytes) -> bool:
    """Whether a value has digits and letters, and is too mixed to be words."""
    return is_random(value) and any(48 <= c <= 57 for c in value) and has_letter(value)


def has_letter(value: bytes) -> bool:
    """Whether there is an ASCII letter."""
    return any(65 <= c | 32 <= 122 and c | 32 >= 97 for c in value)


def is_password(value: bytes) -> bool:
    """Whether what stands behind a name like *password* is one: no placeholder, name or path."""
    if not 6 <= len(value) <= 512 or _PLACEHOLDER.match(value) or _MASKED.search(value):
        return False
    if _NAME.match(value) or _WORDS.match(value) or _NUMBER.match(value) or _PATH.match(value):
        return False
    return entropy(value) >= 2.2


def is_token(value: bytes) -> bool:
    """Whether what stands behind a name like *token* is one: long and mixed, too."""
    if len(value) < 12 or not is_password(value) or _VERSIONED.match(value):
        return False
    digits = sum(48 <= c <= 57 for c in value)
    if not digits or not has_letter(value):
        # Letters alone are a key only if they are many and of both cases.
        return len(value) >= 24 and value.lower() != value != value.upper() and entropy(value) > 3.8
    return entropy(value) >= (2.8 if len(value) >= 16 else 3.2)
