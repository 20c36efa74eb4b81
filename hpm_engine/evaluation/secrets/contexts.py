"""Where secrets stand in traces: bare, in JSON, in an environment, in a command, over lines."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import NamedTuple

from hpm_engine.evaluation.secrets.made_up_keys import KEYS, NAMED, WRITTEN, core

Context = Callable[[str, str], str]  # from a name and a secret to a text


def _json(name: str, secret: str) -> str:
    return json.dumps({"id": 7, name.lower(): secret, "ok": True})


def _escaped(name: str, secret: str) -> str:
    return json.dumps({"role": "tool", "content": _json(name, secret)})


def _lines(name: str, secret: str) -> str:
    return json.dumps({"stdout": f"PATH=/usr/bin\n{name}={secret}\nHOME=/root\n"})


def _twice(name: str, secret: str) -> str:
    return json.dumps({"arguments": json.dumps({"command": f'export {name}="{secret}"\nmake'})})


class MadeUp(NamedTuple):
    """A text with a made-up secret; ``core`` is what must not be read any more."""

    kind: str
    context: str
    core: str
    text: str


# For any secret with a name.
NAMED_CONTEXTS: dict[str, Context] = {
    "json": _json,
    "escaped json": _escaped,
    "environment": lambda name, secret: f"{name}={secret}",
    "environment in json": _lines,
    "shell": lambda name, secret: f"export {name}='{secret}' && make deploy",
    "shell in json twice": _twice,
    "python": lambda name, secret: f'{name.lower()} = "{secret}"',
    "yaml": lambda name, secret: f"service:\n  {name.lower()}: {secret}\n  port: 80",
    "diff": lambda name, secret: f"@@ -1 +1 @@\n-{name}=\n+{name}={secret}",
    "toml": lambda name, secret: f'[service]\n{name.lower()} = "{secret}"',
}
# For keys that are known by themselves, too.
BARE_CONTEXTS: dict[str, Context] = {
    "bare": lambda name, secret: secret,
    "sentence": lambda name, secret: f"I use {secret} for it.",
    "header": lambda name, secret: f"curl -H 'X-Auth: {secret}' https://api.internal/v1",
    "query": lambda name, secret: f"GET /v1/items?limit=5&key={secret} HTTP/1.1",
    "log line": lambda name, secret: f"2026-11-30T10:00:00Z INFO client started ({secret})",
    "coloured": lambda name, secret: f"\x1b[32m{secret}\x1b[0m",
    "coloured in json": lambda name, secret: json.dumps(f"\x1b[32m{secret}\x1b[0m"),
    "behind a line end in json": lambda name, secret: json.dumps(f"cat key\n{secret}\n$"),
    "behind a line end in json twice": lambda name, secret: json.dumps(
        json.dumps(f"a\n{secret}\n$")
    ),
}
_WIDTH = 24  # characters of a line in the wrapped context


def wrapped(secret: str) -> str:
    """A secret as a narrow terminal shows it."""
    return "\n".join(secret[start : start + _WIDTH] for start in range(0, len(secret), _WIDTH))


def made_up(count: int, seed: int = 1) -> Iterator[MadeUp]:
    """``count`` times each kind in each context."""
    random = Random(seed)
    for kind, make in KEYS.items():
        multiline = kind.endswith(" key") and kind.split()[0] in ("rsa", "openssh", "pkcs8", "ec")
        for context, text in (BARE_CONTEXTS | NAMED_CONTEXTS).items():
            if multiline and context in ("query", "yaml", "toml", "header"):
                continue
            for _ in range(count):
                secret = make(random)
                yield MadeUp(kind, context, core(kind, secret), text("SETTING", secret))
        if not multiline and ":" not in make(random):
            for _ in range(count):
                secret = make(random)
                yield MadeUp(kind, "wrapped", core(kind, secret), f"$ show\n{wrapped(secret)}\n$")
                yield MadeUp(
                    kind,
                    "wrapped in json",
                    core(kind, secret),
                    json.dumps(f"$ show\n{wrapped(secret)}\n$"),
                )
    for kind, (name, make) in NAMED.items():
        for context, text in NAMED_CONTEXTS.items():
            for _ in range(count):
                secret = make(random)
                yield MadeUp(kind, context, core(kind, secret), text(name, secret))
    for kind, (form, make) in WRITTEN.items():
        for _ in range(4 * count):
            secret = make(random)
            yield MadeUp(kind, "as it is", core(kind, secret), form.format(secret))
            yield MadeUp(
                kind,
                "in json",
                core(kind, secret),
                json.dumps({"text": f"$ x\n{form.format(secret)}\n"}),
            )
            yield MadeUp(
                kind,
                "in json twice",
                core(kind, secret),
                json.dumps(json.dumps(form.format(secret))),
            )
