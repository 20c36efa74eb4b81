"""What the rules find: every made-up kind everywhere, and nothing in ordinary lines."""

from __future__ import annotations

import json
import time
from random import Random

import pytest

from hpm_engine.evaluation.secrets.bench import recall
from hpm_engine.evaluation.secrets.contexts import made_up
from hpm_engine.secrets.anchors import Anchors
from hpm_engine.secrets.masking import Masker
from hpm_engine.secrets.rule import MARK, OVERLAP
from hpm_engine.secrets.scanner import PART, RULES, scan

_TOKEN = "ghp_" + "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
_ORDINARY = (
    '{"usage": {"input_tokens": 12345, "output_tokens": 678, "cache_read_input_tokens": 9}}',
    "password = getpass.getpass()",
    "    token = request.headers.get('Authorization')",
    'api_key = os.environ["SERVICE_API_KEY"]',
    "client = Client(api_key=settings.api_key, secret=config.secret)",
    "PASSWORD=${DB_PASSWORD:-changeme}",
    'password: "your_password_here"',
    "export API_KEY=<your key>",
    "https://example.org/docs/authentication?page=2#token-types",
    "git clone git@github.com:someone/some-repository.git",
    "postgres://postgres:postgres@localhost:5432/test",
    "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
    "commit 0123456789abcdef0123456789abcdef01234567",
    'the "password" field, the token bucket, a secret-santa-party and its sk-from-ready-to-merged',
    "def test_token_is_refreshed(token_factory, secret_store): assert token.value == 'abc'",
    '"next_page_token": "CAUQAA", "nextPageToken": "EAAaBlBUOkNBVQ"',
    "risk-based task-assignment basic authentication bearer of good news",
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
    "session_id=0199c3f2-2f4b-7c3e-9a51-4e5a3d2b1c0f",
)


def test_every_kind_is_found_wherever_it_stands() -> None:
    total, missed = recall(made_up(2, seed=7))
    assert len(total) >= 60
    assert {kind: share for kind in total if (share := missed[kind] / total[kind]) > 0.02} == {}


@pytest.mark.parametrize("line", _ORDINARY)
def test_nothing_is_found_in_an_ordinary_line(line: str) -> None:
    assert scan(line.encode()) == []
    assert scan(json.dumps({"text": line}).encode()) == []


def test_json_stays_json_and_keeps_its_shape() -> None:
    masker = Masker(b"key")
    for made in made_up(1, seed=3):
        line = json.dumps({"a": [made.text, {"b": made.text}], "n": 7})
        masked = masker.text(line)
        value = json.loads(masked)
        assert list(value) == ["a", "n"] and value["n"] == 7, made
        assert isinstance(value["a"][0], str) and list(value["a"][1]) == ["b"], made


def test_what_is_masked_is_not_masked_again() -> None:
    masker = Masker(b"key")
    for made in made_up(1, seed=5):
        masked = masker.text(made.text)
        assert masker.text(masked) == masked, made


def test_equal_secrets_have_one_tag_and_other_stores_another() -> None:
    masker = Masker(b"key")
    texts = (
        f"export TOKEN={_TOKEN}",
        json.dumps({"x": f"a\n{_TOKEN}\nb"}),
        f"show\n{_TOKEN[:20]}\n{_TOKEN[20:]}\n$",
    )
    tags = {MARK.findall(masker.text(text).encode())[0] for text in texts}
    assert len(tags) == 1
    assert tags != {MARK.findall(Masker(b"other").text(texts[0]).encode())[0]}


def test_a_secret_that_a_person_cleared_stays() -> None:
    tag = Masker(b"key").tag(_TOKEN.encode())
    assert Masker(b"key", (tag,)).text(f"use {_TOKEN}") == f"use {_TOKEN}"


@pytest.mark.parametrize("border", [PART, PART - 20, PART - 39, PART + 5, 2 * PART - 10])
def test_the_borders_of_parts_hide_nothing(border: int) -> None:
    text = b"x y " * (border // 4) + b" " + _TOKEN.encode() + b" z" * 40_000
    assert [text[f.start : f.end].decode() for f in scan(text)] == [_TOKEN]


def test_blocks_give_what_the_whole_gives() -> None:
    random, masker = Random(4), Masker(b"key")
    lines = [
        made.text.replace("\n", " ") for made in made_up(1, seed=11) if "PRIVATE" not in made.text
    ]
    random.shuffle(lines)
    text = "\n".join(f"{line}\n{'word ' * random.randrange(400)}" for line in lines).encode()
    assert len(text) > 4 * OVERLAP
    blocks = [text[start : start + 150_001] for start in range(0, len(text), 150_001)]
    assert list(masker.of_blocks(blocks)) == masker.spans(text)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("a <private>my street</private> b", "a [REDACTED:private:"),
        ('{"text": "a <private>two\\nlines</private> b"}', '{"text": "a [REDACTED:private:'),
        ('{"a": "<private>", "b": "</private>"}', '{"a": "<private>", "b": "</private>"}'),
        ("<private>never closed", "<private>never closed"),
    ],
)
def test_what_is_marked_as_private_goes(text: str, masked: str) -> None:
    assert Masker(b"key").text(text).startswith(masked)


def test_keywords_are_found_in_any_case_and_nothing_else() -> None:
    anchors = Anchors(("secret=", "sk##", "eyj?", "://"))
    text = b"SECRET=1 skAf xskzz EYJh ://a secre t="
    assert [(text[a:b], anchors.keywords[i]) for a, b, i in anchors.find(text)] == [
        (b"SECRET=", "secret="),
        (b"skAf", "sk##"),
        (b"EYJh", "eyj?"),
        (b"://", "://"),
    ]


def test_hostile_texts_take_no_longer_than_their_length() -> None:
    pieces = [
        keyword.replace("#", "a").replace("?", "b") for rule in RULES for keyword in rule.keywords
    ]
    pieces += [
        "secret=",
        "password: ",
        "-eyJaaaaa",
        "sk-aaaaaa\n",
        "PRIVATE KEY-----",
        "<private>",
        "QUtJ" * 4,
    ]
    slow = {}
    for piece in dict.fromkeys(pieces[::3] + pieces[-7:]):
        text = (piece * (16_000 // len(piece))).encode()
        started = time.thread_time()
        Masker(b"key").mask(text)
        slow[piece] = time.thread_time() - started
    worst = max(slow, key=slow.__getitem__)
    assert slow[worst] < 0.25, worst


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.id for rule in RULES}) == len(RULES) >= 60
