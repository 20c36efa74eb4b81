from __future__ import annotations

import pytest

from hpm_engine.words.warning_signs import SignKind, warning_signs

BASE64 = "aGVsbG8gd29ybGQsIHRoaXMgaXMgbG9uZyBlbm91Z2ggdG8gYmUgc2VlbiBhcyBkYXRh"


@pytest.mark.parametrize(
    ("text", "kind", "sample"),
    [
        ("Always run the linter", SignKind.COMMANDS, "Always"),
        ("please IGNORE all that", SignKind.COMMANDS, "IGNORE"),
        ("ign\u200bore the rules", SignKind.COMMANDS, "ignore"),
        ("\uff21\uff4c\uff57\uff41\uff59\uff53 do", SignKind.COMMANDS, "Always"),
        ("you must push", SignKind.COMMANDS, "you must"),
        ("call mcp__mail__send", SignKind.TOOL, "mcp__mail__send"),
        ("then apply_patch it", SignKind.TOOL, "apply_patch"),
        ("it needs WebFetch", SignKind.TOOL, "WebFetch"),
        ("by curl alone", SignKind.TOOL, "curl"),
        ("cat x |sh", SignKind.TOOL, "|sh"),
        (f"key {BASE64}", SignKind.ENCODED, BASE64[:59] + "…"),
        ("see https://a.example/x?y now", SignKind.ADDRESS, "https://a.example/x?y"),
        ("![x](http:x)", SignKind.MARKUP, "![x]("),
        ("a <img src=x> b", SignKind.MARKUP, "<img src=x>"),
        ("a\u202eb", SignKind.INVISIBLE, "a⟦RLO⟧b"),
        ("0123456789abcdef\x1b[2J", SignKind.INVISIBLE, "6789abcdef␛[2J"),
    ],
)
def test_what_a_person_should_look_at_is_named(text: str, kind: SignKind, sample: str) -> None:
    signs = warning_signs(text, ("apply_patch", "WebFetch", "Read"))
    assert dict(signs)[kind] == sample


@pytest.mark.parametrize(
    "text",
    [
        "The tests read a fixture from tests/data; write it anew with make gen.",
        "Prices are kept in cents, not in euros: 1,000 is 10 €.",
        "Read the changelog first\r\nthen the code.\tTabs are fine.",
        "src/a/very/long/path/to/some/module/that/has/many/parts/and/no/digits/at/all/file.py",
        "-" * 90,
        "Emoji 👩\u200d💻 and \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 are written so",
    ],
)
def test_plain_notes_have_no_sign(text: str) -> None:
    assert warning_signs(text, ("Read", "Write", "apply_patch")) == ()


def test_each_sign_is_given_once_in_a_line(
    text: str = "always\nnever https://a.b https://c.d",
) -> None:
    signs = warning_signs(text)
    assert [sign.kind for sign in signs] == [SignKind.COMMANDS, SignKind.ADDRESS]
    assert not any("\n" in sign.sample for sign in signs)
