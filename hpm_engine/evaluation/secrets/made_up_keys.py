"""Keys made up by what their services publish of their form; written apart from the rules."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable
from random import Random
from string import ascii_letters, ascii_lowercase, ascii_uppercase, digits

_ALNUM = ascii_letters + digits
_URL = _ALNUM + "-_"
_B64 = _ALNUM + "+/"
_LOWER = ascii_lowercase + digits
_UPPER = ascii_uppercase + digits
_HEX = "0123456789abcdef"
_BASE62 = digits + ascii_uppercase + ascii_lowercase
_BECH32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"
Maker = Callable[[Random], str]


def _of(random: Random, letters: str, count: int) -> str:
    return "".join(random.choices(letters, k=count))


def _uuid(random: Random) -> str:
    text = _of(random, _HEX, 32)
    return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"


def _checked(random: Random, prefix: str, size: int = 30) -> str:
    """GitHub's and npm's form: six letters of CRC-32 in base 62 at the end."""
    body = _of(random, _ALNUM, size)
    crc, check = binascii.crc32(body.encode()), ""
    for _ in range(6):
        crc, rest = divmod(crc, 62)
        check = _BASE62[rest] + check
    return prefix + body + check


def _jwt(random: Random) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = part({"alg": "HS256", "typ": "JWT"})
    body = part({"sub": _of(random, digits, 10), "exp": random.randrange(10**9)})
    return f"{head}.{body}.{_of(random, _URL, 43)}"


def _pem(kind: str) -> Maker:
    def make(random: Random) -> str:
        body = _of(random, _B64, random.randrange(400, 1600))
        lines = [body[start : start + 64] for start in range(0, len(body), 64)]
        return "\n".join((f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"))

    return make


def _b64(letters: str, count: int) -> Maker:
    return lambda random: base64.b64encode(_of(random, letters, count).encode()).decode()


def _plain(prefix: str, letters: str, count: int, end: str = "") -> Maker:
    return lambda random: prefix + _of(random, letters, count) + end


def _password(random: Random) -> str:
    letters = [
        random.choice(group) for group in (ascii_lowercase, ascii_uppercase, digits, "!%*+-_^~")
    ]
    letters += random.choices(_ALNUM, k=random.randrange(6, 16))
    random.shuffle(letters)
    if letters[0] in "!%*+-_^~":
        letters.insert(0, random.choice(ascii_letters))
    return "".join(letters)


# Keys that are known wherever they stand.
KEYS: dict[str, Maker] = {
    "aws access key": lambda r: r.choice(("AKIA", "ASIA")) + _of(r, ascii_uppercase + "234567", 16),
    "google api": _plain("AIza", _URL, 35),
    "google oauth": lambda r: "ya29." + _of(r, _URL, r.randrange(60, 200)),
    "google client secret": _plain("GOCSPX-", _URL, 28),
    "github classic": lambda r: _checked(r, "ghp_"),
    "github oauth": lambda r: _checked(r, "gho_"),
    "github app user": lambda r: _checked(r, "ghu_"),
    "github app server": lambda r: _checked(r, "ghs_"),
    "github refresh": lambda r: "ghr_" + _of(r, _ALNUM, 76),
    "github fine-grained": lambda r: f"github_pat_{_of(r, _ALNUM, 22)}_{_of(r, _ALNUM, 59)}",
    "gitlab personal": _plain("glpat-", _URL, 20),
    "gitlab deploy": _plain("gldt-", _URL, 20),
    "gitlab trigger": _plain("glptt-", _HEX, 40),
    "slack bot": lambda r: f"xoxb-{_of(r, digits, 12)}-{_of(r, digits, 13)}-{_of(r, _ALNUM, 24)}",
    "slack user": lambda r: (
        f"xoxp-{_of(r, digits, 12)}-{_of(r, digits, 12)}-{_of(r, digits, 12)}-{_of(r, _HEX, 32)}"
    ),
    "slack app": lambda r: f"xapp-1-A{_of(r, _UPPER, 10)}-{_of(r, digits, 13)}-{_of(r, _HEX, 64)}",
    "slack webhook": lambda r: (
        f"https://hooks.slack.com/services/T{_of(r, _UPPER, 8)}/B{_of(r, _UPPER, 10)}/"
        + _of(r, _ALNUM, 24)
    ),
    "stripe live": lambda r: f"sk_live_{_of(r, _ALNUM, r.choice((24, 99)))}",
    "stripe restricted": _plain("rk_live_", _ALNUM, 24),
    "stripe webhook": _plain("whsec_", _ALNUM, 32),
    "openai project": lambda r: f"sk-proj-{_of(r, _URL, 74)}T3BlbkFJ{_of(r, _URL, 74)}",
    "openai service": lambda r: f"sk-svcacct-{_of(r, _URL, 74)}T3BlbkFJ{_of(r, _URL, 74)}",
    "openai legacy": lambda r: f"sk-{_of(r, _ALNUM, 20)}T3BlbkFJ{_of(r, _ALNUM, 20)}",
    "anthropic": lambda r: f"sk-ant-api03-{_of(r, _URL, 93)}AA",
    "anthropic oauth": lambda r: f"sk-ant-oat01-{_of(r, _URL, 93)}AA",
    "openrouter": _plain("sk-or-v1-", _HEX, 64),
    "hugging face": _plain("hf_", ascii_letters, 34),
    "groq": _plain("gsk_", _ALNUM, 52),
    "xai": _plain("xai-", _ALNUM, 80),
    "perplexity": _plain("pplx-", _ALNUM, 48),
    "replicate": _plain("r8_", _ALNUM, 37),
    "nvidia": _plain("nvapi-", _URL, 64),
    "langsmith": lambda r: f"lsv2_pt_{_of(r, _HEX, 32)}_{_of(r, _HEX, 10)}",
    "langfuse": lambda r: f"sk-lf-{_uuid(r)}",
    "npm": lambda r: _checked(r, "npm_"),
    "pypi": lambda r: "pypi-AgEIcHlwaS5vcmc" + _of(r, _URL, r.randrange(120, 160)),
    "rubygems": _plain("rubygems_", _HEX, 48),
    "crates": _plain("cio", _ALNUM, 32),
    "docker hub": _plain("dckr_pat_", _URL, 27),
    "digitalocean": _plain("dop_v1_", _HEX, 64),
    "twilio key": _plain("SK", _HEX, 32),
    "sendgrid": lambda r: f"SG.{_of(r, _URL, 22)}.{_of(r, _URL, 43)}",
    "mailgun": _plain("key-", _HEX, 32),
    "mailchimp": lambda r: f"{_of(r, _HEX, 32)}-us{r.randrange(1, 22)}",
    "brevo": lambda r: f"xkeysib-{_of(r, _HEX, 64)}-{_of(r, _ALNUM, 16)}",
    "telegram": lambda r: f"{_of(r, '123456789', 10)}:AA{_of(r, _URL, 33)}",
    "discord bot": lambda r: (
        base64.b64encode(_of(r, "123456789", 18).encode()).decode()
        + f".{_of(r, _URL, 6)}.{_of(r, _URL, 38)}"
    ),
    "discord webhook": lambda r: (
        f"https://discord.com/api/webhooks/{_of(r, '123456789', 18)}/{_of(r, _URL, 68)}"
    ),
    "shopify": _plain("shpat_", _HEX, 32),
    "square": _plain("sq0atp-", _URL, 22),
    "databricks": _plain("dapi", _HEX, 32),
    "atlassian": lambda r: "ATATT3xFfGF0" + _of(r, _URL, 170) + "=" + _of(r, "0123456789ABCDEF", 8),
    "linear": _plain("lin_api_", _ALNUM, 40),
    "notion": lambda r: f"ntn_{_of(r, digits, 11)}{_of(r, _ALNUM, 35)}",
    "figma": _plain("figd_", _URL, 40),
    "airtable": lambda r: f"pat{_of(r, _ALNUM, 14)}.{_of(r, _HEX, 64)}",
    "postman": lambda r: f"PMAK-{_of(r, _HEX, 24)}-{_of(r, _HEX, 34)}",
    "vault": _plain("hvs.", _URL, 90),
    "age": _plain("AGE-SECRET-KEY-1", _BECH32, 58),
    "grafana": lambda r: f"glsa_{_of(r, _ALNUM, 32)}_{_of(r, _HEX, 8)}",
    "new relic": _plain("NRAK-", _UPPER, 27),
    "doppler": _plain("dp.pt.", _ALNUM, 43),
    "dynatrace": lambda r: f"dt0c01.{_of(r, _UPPER, 24)}.{_of(r, _UPPER, 64)}",
    "sentry": _plain("sntryu_", _HEX, 64),
    "supabase": _plain("sbp_", _HEX, 40),
    "planetscale": _plain("pscale_tkn_", _URL, 43),
    "terraform": lambda r: f"{_of(r, _ALNUM, 14)}.atlasv1.{_of(r, _URL, 67)}",
    "pulumi": _plain("pul-", _HEX, 40),
    "tailscale": lambda r: f"tskey-auth-{_of(r, _ALNUM, 17)}-{_of(r, _ALNUM, 32)}",
    "plaid": lambda r: f"access-production-{_uuid(r)}",
    "hubspot": lambda r: f"pat-na1-{_uuid(r)}",
    "azure client secret": lambda r: f"{_of(r, _ALNUM, 3)}8Q~{_of(r, _URL, 34)}",
    "azure connection": lambda r: (
        f"DefaultEndpointsProtocol=https;AccountName=store1;AccountKey={base64.b64encode(r.randbytes(64)).decode()};EndpointSuffix=core.windows.net"
    ),
    "alibaba": _plain("LTAI5t", _ALNUM, 18),
    "json web token": _jwt,
    "url password": lambda r: f"postgres://app:{_of(r, _ALNUM, 14)}@db.internal:5432/orders",
    "pgpass": lambda r: f"db.internal:5432:orders:app:{_of(r, _ALNUM, 14)}",
    "rsa key": _pem("RSA PRIVATE KEY"),
    "openssh key": _pem("OPENSSH PRIVATE KEY"),
    "pkcs8 key": _pem("PRIVATE KEY"),
    "ec key": _pem("EC PRIVATE KEY"),
}
# Secrets that are known by their names, or by what stands before them.
NAMED: dict[str, tuple[str, Maker]] = {
    "aws secret key": ("AWS_SECRET_ACCESS_KEY", _plain("", _B64, 40)),
    "datadog": ("DD_API_KEY", _plain("", _HEX, 32)),
    "twilio auth": ("TWILIO_AUTH_TOKEN", _plain("", _HEX, 32)),
    "cloudflare": ("CLOUDFLARE_API_TOKEN", _plain("", _URL, 40)),
    "heroku": ("HEROKU_API_KEY", _uuid),
    "weights and biases": ("WANDB_API_KEY", _plain("", _HEX, 40)),
    "password": ("DB_PASSWORD", _password),
    "client secret": ("CLIENT_SECRET", _plain("", _URL, 32)),
    "api key": ("SERVICE_API_KEY", _plain("", _ALNUM, 32)),
    "access token": ("ACCESS_TOKEN", _plain("", _URL, 40)),
}
# What a whole text is: a name of a file or a header says it.
WRITTEN: dict[str, tuple[str, Maker]] = {
    "bearer header": ("Authorization: Bearer {}", _plain("", _URL, 40)),
    "basic header": ("Authorization: Basic {}", lambda r: _b64_pair(r)),
    "netrc": ("machine git.internal login deploy password {}", _password),
    "kubeconfig": ("    client-key-data: {}", _b64(_ALNUM, 300)),
    "docker config": (
        '{{"auths": {{"registry.internal": {{"auth": "{}"}}}}}}',
        lambda r: _b64_pair(r),
    ),
    "npmrc": ("//registry.internal/:_authToken={}", _uuid),
    "curl user": ("curl -u deploy:{} https://ci.internal/job", _plain("", _ALNUM, 16)),
    "base64 of a key": (
        "payload {} end",
        lambda r: base64.b64encode(
            f"export GITHUB_TOKEN={_checked(r, 'ghp_')}\n".encode()
        ).decode(),
    ),
}


def _b64_pair(random: Random) -> str:
    return base64.b64encode(f"deploy:{_password(random)}".encode()).decode()


def core(kind: str, secret: str) -> str:
    """What of a secret must not be read any more: an address may keep its host."""
    if kind in ("slack webhook", "discord webhook"):
        return secret.rpartition("/")[2]
    if kind == "azure connection":
        return secret.split("AccountKey=")[1].split(";")[0].rstrip("=")
    if kind == "url password":
        return secret.split(":")[2].split("@")[0]
    if kind in ("pgpass", "telegram"):
        return secret.rpartition(":")[2]
    if "PRIVATE KEY" in secret:
        return "".join(secret.split("\n")[1:-1])
    return secret
