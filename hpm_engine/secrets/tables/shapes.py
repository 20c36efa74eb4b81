"""Secrets known by their shape: PEM blocks, tokens with signatures, headers, addresses, files."""

from __future__ import annotations

import binascii
import re

from hpm_engine.secrets.rule import SecretRule
from hpm_engine.secrets.values import entropy, is_mixed, is_password, is_random

# White space as it stands in a text, or escaped however often.
GAP = rb"(?:[ \t\r\n]|\\{1,8}[nrt]|%20|\\u0020)"
_COMMON = frozenset(
    b"password passwd pass pwd user username secret token postgres root guest admin test mysql"
    b" redis rabbitmq minioadmin example key apikey api_key host name user_name".split()
)
_FILLER = re.compile(rb"[$<{%(*\[]|x{3,}|\.\.\.|your|redacted|example|placeholder", re.IGNORECASE)


def _is_url_password(value: bytes) -> bool:
    return value.lower() not in _COMMON and not _FILLER.match(value) and not value.isdigit()


def _is_pair(value: bytes) -> bool:
    """Whether base64 holds a name and a password."""
    if len(value) < 8:
        return False
    try:
        plain = binascii.a2b_base64(value + b"=" * (-len(value) % 4))
    except binascii.Error:
        return False
    return b":" in plain and all(32 <= c < 127 for c in plain)


def _is_bearer(value: bytes) -> bool:
    if is_mixed(value) and is_password(value):
        return True
    return len(value) >= 32 and value.lower() != value != value.upper() and entropy(value) > 4.2


RULES = (
    SecretRule(
        "private-key",
        "private key",
        ("private key-----", "private key block-----"),
        rb"PRIVATE KEY(?: BLOCK)?-----"
        + GAP
        + rb"*(?P<s>(?:[A-Za-z0-9+/=:, -]|"
        + GAP
        + rb"|\\u003d){32,}"
        rb"(?:-{5}END [A-Z ]{1,40}-----)?)",
        alone=False,
        reach=32_768,
    ),
    SecretRule(
        "putty-key",
        "PuTTY private key",
        ("private-lines:",),
        rb"Private-Lines: \d{1,4}(?P<s>(?:" + GAP + rb"{1,3}[A-Za-z0-9+/=]{1,80})+)",
        alone=False,
        reach=16_384,
    ),
    SecretRule(
        "jwt",
        "JSON Web Token",
        ("eyj?",),
        rb"eyJ[\w-]{8,}\.(?:eyJ[\w-]{8,}\.[\w-]{8,}|[\w-]{0,}\.[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,})",
        reach=8192,
    ),
    SecretRule(
        "bearer",
        "bearer token",
        ("bearer ", "bearer%20", "bearer\\"),
        rb"(?i:bearer)" + GAP + rb"{1,4}\\{0,7}[\"']?(?P<s>[\w.~+/=-]{12,2000})",
        _is_bearer,
        reach=2200,
    ),
    SecretRule(
        "token-header",
        "token of a header",
        ("authorization: token", "authorization: apikey", 'authorization": "token'),
        rb"(?i:authorization)\\{0,7}\"?: ?\\{0,7}\"?(?i:token|apikey) (?P<s>[\w.~+/=-]{12,500})",
        _is_bearer,
        alone=False,
    ),
    SecretRule(
        "basic",
        "name and password of a header",
        ("basic ", "basic%20"),
        rb"(?i:basic)" + GAP + rb"{1,4}(?P<s>[A-Za-z0-9+/]{8,400}={0,2})",
        _is_pair,
    ),
    SecretRule(
        "url-password",
        "password in an address",
        ("://",),
        rb":\\?/\\?/[^\s/:@\"'\\<>`]{0,100}:(?P<s>[^\s/@\"'\\<>`]{3,300})@[\w.\[-]",
        _is_url_password,
        alone=False,
    ),
    SecretRule(
        "url-token",
        "token in an address",
        ("://",),
        rb"://(?P<s>[A-Za-z0-9_-]{20,200})@[\w.-]",
        is_mixed,
        alone=False,
    ),
    SecretRule(
        "url-password-escaped",
        "password in an address",
        (":\\/\\/",),
        rb":\\/\\/[^\s/:@\"'\\<>`]{0,100}:(?P<s>[^\s/@\"'\\<>`]{3,300})@[\w.\[-]",
        _is_url_password,
        alone=False,
    ),
    SecretRule(
        "netrc",
        "password of .netrc",
        ("login ", "login\\"),
        rb"(?i:login)"
        + GAP
        + rb"{1,8}[^\s\\\"']{1,100}"
        + GAP
        + rb"{1,8}password"
        + GAP
        + rb"{1,8}(?P<s>[^\s\\\"']{4,200})",
        _is_url_password,
    ),
    SecretRule(
        "pgpass",
        "password of .pgpass",
        (":5432:", ":5433:", ":6432:", ":*:*:", ":*:?"),
        rb":(?:5432|5433|6432|\*):[\w*-]{1,64}:[\w.@*-]{1,64}:(?P<s>[^\s:\\\"'`]{4,200})(?=[\s\\\"'`]|\Z)",
        _is_url_password,
        alone=False,
    ),
    SecretRule(
        "curl-user",
        "password given to a command",
        (" -u ", "--user ", "--user=", "--proxy-user "),
        rb"(?:[ ]-u |--(?:proxy-)?user[ =])\\{0,7}[\"']?[\w.@%+-]{1,100}:(?P<s>[^\s\"'\\]{4,200})",
        _is_url_password,
        alone=False,
    ),
    SecretRule(
        "sshpass",
        "password given to a command",
        ("sshpass ",),
        rb"sshpass -p ?\\{0,7}[\"']?(?P<s>[^\s\"'\\]{4,200})",
        _is_url_password,
    ),
    SecretRule(
        "kubeconfig",
        "key of a kubeconfig",
        ("client-key-data",),
        rb"client-key-data\\{0,7}[\"']?: {0,4}\\{0,7}[\"']?(?P<s>[A-Za-z0-9+/=]{40,})",
        is_random,
        reach=8192,
    ),
    SecretRule(
        "docker-auth",
        "registry password",
        ('auth": "', 'auth":"', "auth\\", "_auth=", "_auth ="),
        rb"(?i:_?auth)\\{0,7}\"? {0,2}[:=] {0,2}\\{0,7}\"?"
        rb"(?P<s>[A-Za-z0-9+/]{8,400}={0,2})(?![\w.-])",
        _is_pair,
    ),
)
