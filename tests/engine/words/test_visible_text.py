"""What nobody sees is spelled out; what scripts and pictures need stays."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hpm_engine.words.visible_text import is_blank, visible


def tags(text: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in text)


FLAG = "🏴"
END = "\U000e007f"
ENGLAND = f"{FLAG}{tags('gbeng')}{END}"
SELECTORS = "".join(map(chr, range(0xE0100, 0xE0110)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"hello{tags('ignore it')}!", "hello⟦9 invisible characters: U+E0020 to U+E0074⟧!"),
        (f"a{tags('A')}", "a⟦U+E0041⟧"),
        ("zero\u200bwidth", "zero⟦ZWSP⟧width"),
        ("a\u2060b\ufeffc\xadd", "a⟦U+2060⟧b⟦U+FEFF⟧c⟦U+00AD⟧d"),
        ("safe\u202egpj.exe\u2066x\u2069", "safe⟦RLO⟧gpj.exe⟦LRI⟧x⟦PDI⟧"),
        ("pass\u200c\u200dword", "pass⟦ZWNJ⟧⟦ZWJ⟧word"),
        ("\u200b" * 40, "⟦40 invisible characters: U+200B⟧"),
        (f"👍{SELECTORS}", "👍⟦16 invisible characters: U+E0100 to U+E010F⟧"),
        ("葛\U000e0100\U000e0101", "葛⟦U+E0100⟧⟦U+E0101⟧"),
        ("x\ufe0f", "x⟦U+FE0F⟧"),
        ("❤\ufe0f\ufe0f", "❤⟦U+FE0F⟧⟦U+FE0F⟧"),
        (f"{FLAG}{tags('usevil')}{END}", f"{FLAG}⟦7 invisible characters: U+E0065 to U+E007F⟧"),
        (f"👍{tags('gbeng')}{END}", "👍⟦6 invisible characters: U+E0062 to U+E007F⟧"),
        (f"{ENGLAND}{tags('go')}", f"{ENGLAND}⟦U+E0067⟧⟦U+E006F⟧"),
        ("می\u200c\u200c\u200d\u200cر", "می⟦4 invisible characters: U+200C to U+200D⟧ر"),
        ("\u3164\u115f\uffa0", "⟦U+3164⟧⟦U+115F⟧⟦U+FFA0⟧"),
        ("\U000e0001\U000e0fff\U0001d173", "⟦U+E0001⟧⟦U+E0FFF⟧⟦U+1D173⟧"),
        ("a\ud800b\uffff", "a⟦U+D800⟧b⟦U+FFFF⟧"),
        ("\x00\x1b\x7f\x85\u2028", "␀␛␡⟦U+0085⟧⟦U+2028⟧"),
        ("one\r\ntwo\tthree\r", "one\ntwo\tthree␍"),
    ],
)
def test_what_is_unseen_is_spelled_out(text: str, shown: str) -> None:
    assert visible(text, lines=True) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"{ENGLAND} {FLAG}{tags('gbsct')}{END}{FLAG}{tags('gbwls')}{END}",
        "👩‍👩‍👧 👩🏽‍💻 ❤️ ❤️‍🔥 🏳️‍🌈 🏴‍☠️ ✔️ ☎︎ 1️⃣ #️⃣ ©️ ↔️ 🇩🇪",
        "می‌خواهم خانه‌ها و پیاده‌روی",
        "क्‍ष र्‍य ശ്രീ ന്‍ ශ්‍රී බුද්‍ධ বাংলা",
        "葛\U000e0100城市 神\ufe00",
        "ᠠ᠋ᠭ᠎ᠠ",
        "naïve café Größe שָׁלוֹם مرحبا 日本語 한국어 ไทย — “quotes” … ✓",
        "e\u0301 ∩\ufe00",
    ],
)
def test_what_changes_what_is_seen_stays(text: str) -> None:
    assert visible(text) == text


HIDDEN = [
    *map(chr, range(0xE0000, 0xE1000)),
    *map(chr, (*range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x2070))),
    *map(chr, (*range(0xFE00, 0xFE10), 0xAD, 0x34F, 0x61C, 0x180E, 0x3164, 0xFEFF, 0xFFA0)),
]


@given(
    st.text("abzABZ019.,-_éßжяαאβ", max_size=40),
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(HIDDEN)), max_size=9),
)
def test_hidden_characters_among_letters_without_joiners_never_pass(
    text: str, hidden: list[tuple[int, str]]
) -> None:
    for offset, character in hidden:
        text = text[:offset] + character + text[offset:]
    shown = visible(text)
    assert not set(shown) & set(HIDDEN)
    assert visible(shown) == shown


@given(st.text(st.sampled_from([*HIDDEN, *"a👍❤🏴م葛"]), max_size=40))
def test_at_most_one_hidden_character_stands_beside_what_it_changes(text: str) -> None:
    shown = visible(text).replace(ENGLAND, "")
    last = ""
    for character in shown:
        if character in HIDDEN:
            assert last in set("👍❤م葛🏴\ufe0f\ufe0e"), shown.encode("unicode-escape")
        last = character
    assert not any(unicodedata.category(character) == "Cc" for character in shown)


@pytest.mark.parametrize("text", ["", " \t\n", "\u200b\ufeff", "\u3164 \u2800", tags("hidden")])
def test_what_shows_nothing_is_blank(text: str) -> None:
    assert is_blank(text)
    assert not is_blank(f"{text}.") and not is_blank(f"會{text}")
