"""Words as the index gets them: the same for texts and for searches."""

from __future__ import annotations

import time

import pytest

from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import begins, is_plain, segmented, sought


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("评审会议", ["评审", "审会", "会议", "议"]),
        ("重跑gen-itgc后50条", ["重跑", "跑", "gen-itgc", "后", "50", "条"]),
        ("开会。议题", ["开会", "会", "。", "议题", "题"]),
        ("ﾒﾓﾘ", ["メモ", "モリ", "リ"]),
        ("รั่ว", ["รั", "ั่", "่ว", "ว"]),
        ("ﬁle ｆｕｌｌ１２", ["file", "full12"]),
        ("मुहम्मद हिन्दी", ["मुहम्मद", "हिन्दी"]),
        ("مُحَمَّد", ["محمد"]),
        ("co\xadoperate zero\u200bwidth", ["cooperate", "zerowidth"]),
        ("Straße STRAẞE", ["Strasse", "STRASSE"]),
        ("Λόγος ΐδιος ῥόδον α\u0301", ["Λογος", "ιδιος", "ροδον", "α"]),
        ("ısparta İstanbul", ["isparta", "İstanbul"]),
        ("đường Phở Möwe мой", ["đường", "Phở", "Möwe", "мой"]),
        ("pass\u200cword l\u200e\u2066tr\u2069 t\U000e0041ag", ["password", "ltr", "tag"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
    ],
)
def test_texts_are_cut_into_what_is_searched_for(text: str, words: list[str]) -> None:
    assert segmented(text).split() == words


def test_a_search_asks_for_what_stands_inside_a_run() -> None:
    for text, word in (
        ("明天评审会议讨论", "审会议"),
        ("メモリリーク", "リリ"),
        ("메모리를", "메모리"),
    ):
        asked, held = sought(word).split(), segmented(text).split()
        assert any(held[start : start + len(asked)] == asked for start in range(len(held)))
        assert not begins(word)
    assert begins("会") and sought("会").split() == ["会"]


def test_pictures_are_words_with_and_without_their_skin_tone() -> None:
    thumb, toned = segmented("👍").split(), segmented("👍🏽").split()
    assert len(toned) == 2 and toned[:1] == thumb
    assert segmented("✔️").split() == segmented("✔").split()
    flags = segmented("🇩🇪🇫🇷").split()
    assert flags == [*segmented("🇩🇪").split(), *segmented("🇫🇷").split()]
    assert segmented("👩‍💻").split() != segmented("👩").split()


@pytest.mark.parametrize("text", ["plain ASCII", "“quotes” — naïve café → ─── Möwe", "Привет, мир"])
def test_most_texts_stay_what_they_are(text: str) -> None:
    assert is_plain(text)
    assert segmented(text) is text


def test_json_source_is_read_as_what_it_says() -> None:
    source = r'{"command": "make\ttest\nneedle C:\\new", "more": ["a\"b", {"k": true}]}'
    assert plain_words(source).split() == (
        ["command", "make", "test", "needle", "C:\\new", "more", 'a"b', "k", "true"]
    )
    assert "needle" in plain_words(source[:40]).split()  # cut off
    nested = r'{"input": "{\"cmd\": \"ls\\nneedle\"}"}'
    assert "needle" in plain_words(nested).split()
    plain = '{"command": "ls"}'
    assert plain_words(plain) is plain
    assert plain_words(r"a\nb") == r"a\nb"


@pytest.mark.parametrize(
    "sign", ["会", "ก", "é", "🏽", "\u200d", "👩\u200d", "\u0e31", "Ａ", "\u0640"]
)
def test_long_texts_take_time_in_proportion(sign: str) -> None:
    def seconds(count: int) -> float:
        began = time.process_time()
        segmented(sign * count)
        return time.process_time() - began

    assert seconds(200_000) < 20 * max(seconds(40_000), 0.01)
