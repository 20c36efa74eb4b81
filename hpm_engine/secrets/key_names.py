"""Values whose names say that they are secrets: in JSON, environments, settings and commands."""

from __future__ import annotations

import re

from hpm_engine.secrets.rule import SecretFinding
from hpm_engine.secrets.values import is_password, is_token

_PASSWORD = ("password", "passwd", "passphrase", "pwd=", "pwd:", 'pwd"', "pwd\\", "pwd'", "pwd ")
_TOKEN = (
    *("secret" + end for end in ("=", ":", '"', "'", " ", "\\", "_", "-", "key", "s=", ">", "]")),
    *("token" + end for end in ("=", ":", '"', "'", " ", "\\", "_", "-", ">", "]", "value", "key")),
    *("api_key", "api-key", "apikey", "access_key", "accesskey", "access-key", "auth_key"),
    *("private_key", "privatekey", "signing_key", "encryption_key", "master_key", "account_key"),
    *("credential", "authorization", "client_key", "app_key", "appkey", "auth-key", "license_key"),
)
KEYWORDS = (*_PASSWORD, *_TOKEN)
REACH = 1400
_AFTER = re.compile(
    rb"[\w-]{0,40}(?P<quoted>\\{0,7}[\"'`])?\]?[ \t]{0,4}"
    rb"(?:(?:=>|:=|={1,3}|:|>|\\u003d|%3[dD])[ \t]{0,4}|(?P<space> ))"
    rb"(?:\\{0,7}(?P<quote>[\"'`])|\\u0022)?"
)
_NAME = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-"
_QUOTED = re.compile(rb"[^\"'`\\\s<>]{6,1024}")
_BARE = re.compile(rb"[^\s\"'`\\,;&<>(){}\[\]|]{6,1024}")
# Names that speak of secrets and hold none.
_NO_SECRET = re.compile(
    rb"(?i)tokens|token[-_]?(?:count|limit|type|usage|budget|id|name|url|uri|endpoint|file|path|len"
    rb"|length|expir\w*|ttl|source|kind)\b|(?:max|min|page|next|num|total|prompt|completion|input"
    rb"|output|cached?|reasoning|special|pad|eos|bos|unk|sep|cls|mask|stop|start|end|sync|cancel\w*"
    rb"|continuation|pagination|cursor|delta|text)[-_]?token|(?:secret|password|credential|key)s?"
    rb"[-_]?(?:name|id|file|path|url|uri|ref|type|hash|hint|policy|length|version|arn|manager"
    rb"|provider|reset|field|input|store|label|prompt|form|source|rotation|scope|required)\b"
    rb"|public|design[-_]?token|authorization[-_]?(?:url|uri|endpoint|code_url|type|mode)"
)
_CODE = frozenset(b"([{.")


def find(data: bytes, start: int, end: int) -> SecretFinding | None:
    """The value behind the keyword from ``start`` to ``end``, if it is a secret."""
    limit = min(len(data), end + REACH)
    if data[end - 1] in b"=:\"'\\ >]":
        end -= 1
    after = _AFTER.match(data, end, limit)
    if after is None:
        return None
    before = data[max(0, start - 60) : start]
    name = before[len(before.rstrip(_NAME)) :] + data[start : after.start()]
    name += data[after.start() : after.start() + 40].split(b'"')[0].split(b"=")[0]
    if after["space"] and not name.startswith(b"--"):
        return None  # words, or a flag of a command
    if _NO_SECRET.search(name.split(b" ")[0]):
        return None
    quoted = after["quote"] is not None or after.group().endswith(b"0022")
    value = (_QUOTED if quoted else _BARE).match(data, after.end(), limit)
    if value is None:
        return None
    text = value.group()
    if not quoted and value.end() < len(data) and data[value.end()] in _CODE:
        return None  # a call, an index: code
    if not quoted:
        text = text.rstrip(b".:!?")
    keyword = data[start:end].lower()
    check = is_password if keyword.startswith((b"passw", b"passp", b"pwd")) else is_token
    if not check(text):
        return None
    rule = "password" if check is is_password else "key-name"
    return SecretFinding(value.start(), value.start() + len(text), rule)
