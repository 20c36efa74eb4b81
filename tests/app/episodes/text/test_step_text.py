from __future__ import annotations

import json
import time

import pytest
from PySide6.QtGui import QFont

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.part_block import PartBlock
from app.episodes.record_text import LONGEST_LINE, MOST_SHOWN, record_text
from app.episodes.text.code_colours import MOST_TEXT, code_spans, language_of
from app.episodes.text.excerpt import MOST, Reach, excerpt, readable
from app.episodes.text.hit_pattern import HitPattern, hit_pattern
from app.episodes.text.part_text import OPEN, part_text
from app.episodes.text.spans import Ink
from app.masks.kept.text import KeptText
from hpm_engine import KeptFor, KeptSpan, Part, PartKind, Step, StepFlag, StepSource


def test_a_short_text_is_shown_whole_without_a_link() -> None:
    assert excerpt("two\nlines", 0) == ("two\nlines", "", 9)


def test_breaks_of_two_characters_are_breaks_and_nothing_more() -> None:
    text = "\r\n".join(f"line {n}" for n in range(100))
    assert "␍" not in excerpt(text, 0).text and "␍" not in excerpt(text, 1).text
    assert excerpt(text, 0).text.splitlines() == [f"line {n}" for n in range(6)]


@pytest.mark.usefixtures("qapp")
def test_what_is_kept_of_such_a_text_shows_its_lines_alone() -> None:
    part = Part(PartKind.MESSAGE, "one\r\ntwo\r\nthree")
    step = Step(1, 0, StepSource.USER, StepFlag(0), None, "", None, None, (part,))
    span = KeptSpan(0, 0, PartKind.MESSAGE, 1, "two\r", KeptFor.TASK)
    shown = KeptText()
    shown.show_step(step, (span,))
    assert shown.toPlainText().splitlines()[1:] == ["· one", "┃ two", "· three"]


def test_a_long_text_shows_six_lines_and_offers_the_rest() -> None:
    text = "\n".join(f"line {n}" for n in range(100))
    shown = excerpt(text, 0)
    assert shown.text.count("\n") == 5
    assert shown.link == f"show all ({len(text)} chars)"
    assert excerpt(text, 1).text == text
    assert excerpt(text, 1).link == "show less"


def test_a_huge_text_is_shown_in_portions_and_never_whole() -> None:
    text = "y" * 10_000_000
    assert excerpt(text, 1).link == "show 20,000 more (of 10,000,000 chars)"
    last = excerpt(text, 99)
    assert last.shown == MOST
    assert "the record pane has the rest" in last.link
    assert max(map(len, last.text.split("\n"))) <= 4_000


def test_a_preview_without_the_searched_word_ends_with_its_place() -> None:
    text = "nothing here\n" * 200 + "the needle is here" + " and more" * 100
    shown = excerpt(text, 0, hit_pattern("needle"))
    assert "needle" in shown.text
    assert len(shown.text) < Reach.RESULT.value[0] + 300
    assert "⋯" not in excerpt(text, 0, hit_pattern("absent")).text


def test_hidden_characters_are_spelled_out() -> None:
    assert excerpt("a\u202eb\x00c", 0).text == "a⟦RLO⟧b␀c"


def test_a_calls_arguments_are_read_without_escapes() -> None:
    call = Part(PartKind.CALL, json.dumps({"command": "ls\ncat x"}), "bash")
    assert readable(call) == "ls\ncat x"
    two = Part(PartKind.CALL, json.dumps({"path": "a.py", "lines": [1, 2]}), "read")
    assert readable(two).startswith("path: a.py\nlines: [")
    assert readable(Part(PartKind.CALL, "{broken", "x")) == "{broken"
    assert readable(Part(PartKind.CALL, "{" * 40_000, "x")) == "{" * 40_000


@pytest.mark.parametrize(
    ("text", "tool", "ink", "piece"),
    [
        ('{"key": "value"}', "", Ink.KEY, '"key"'),
        ('{"key": "value"}', "", Ink.STRING, '"value"'),
        ("@@ -1,2 +1,2 @@\n-old\n+new", "", Ink.ADDED, "+new\n"),
        ("@@ -1,2 +1,2 @@\n-old\n+new", "", Ink.REMOVED, "-old\n"),
        ("for x in *; do echo $x; done  # why", "bash", Ink.KEYWORD, "for"),
        ("for x in *; do echo $x; done  # why", "bash", Ink.COMMENT, "# why"),
        ("file_path: src/a.py\nimport os", "Read", Ink.KEYWORD, "import"),
    ],
)
def test_code_json_and_diffs_are_told_apart(text: str, tool: str, ink: Ink, piece: str) -> None:
    language = language_of(text, tool, is_call=bool(tool))
    inked = {
        (span.ink, text[span.start : span.start + span.length].rstrip("\n"))
        for span in code_spans(text, language)
    }
    assert (ink, piece.rstrip("\n")) in inked


def test_prose_and_unknown_languages_have_no_colours() -> None:
    assert language_of("a text in words", "Read") == ""
    assert code_spans("a = 1", "no-such-language") == ()
    assert code_spans("a = 1", "") == ()
    assert code_spans("a = 1", "py") and code_spans("a = 1", "PYTHON")


def test_no_plugin_of_pygments_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a plugin is code that nobody asked for")

    monkeypatch.setattr("pygments.plugin.iter_entry_points", refuse)
    assert language_of("path: a/b.unknown\nx", "Read", is_call=True) == ""
    assert language_of("path: a/b.rs\nx", "Read", is_call=True) == "rust"
    assert code_spans("x", "unheard-of") == ()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ('{"' + '\\"' * 10_000, "json"),
        ('"' * 20_000, "python"),
        ("--- a\n" * 4_000, "diff"),
        ("#" * 20_000, "bash"),
        ("$(" * 10_000, "bash"),
        (("[" * 1_900 + "\n") * 10, "python"),
        ("x" * 1_000_000, "python"),
        ("{\n" * 10_000, "json"),
        ("<a " * 600 + "\n" + "<a\n" * 5_000, "html"),
    ],
)
def test_colouring_hostile_text_takes_no_time(text: str, language: str) -> None:
    code_spans("a", language)  # the lexer is loaded
    began = time.thread_time()  # other programs may be at work beside the tests
    spans = code_spans(text, language)
    assert time.thread_time() - began < 0.5
    assert all(span.start + span.length <= MOST_TEXT for span in spans)


def places(query: str, text: str) -> list[str]:
    pattern = hit_pattern(query)
    assert pattern is not None
    return [text[span.start : span.start + span.length] for span in pattern.spans(text)]


def test_only_words_that_must_be_there_are_marked() -> None:
    text = "Disk, disks and a_disk: no-space for the cat, fully"
    query = 'disk "no space" -cat or (tool:bash full*)'
    assert places(query, text) == ["Disk", "disk", "no-space", "full"]
    assert places(r"re:\bd\w+s\b path:a/disk", text) == ["a_disk", "disks"]
    assert hit_pattern("tool:bash -cat") is hit_pattern('"open') is None


@pytest.mark.parametrize(
    ("query", "text", "marked"),
    [
        ("会议", "评审会议讨论", ["会议"]),
        ('"itgc后50"', "重跑gen-itgc后50条", ["itgc后50"]),
        ("itgc", "重跑gen-itgc后50条", ["itgc"]),
        ("รั่ว", "ระบบหน่วยความจำรั่ว", ["รั่ว"]),
        ("메모리", "메모리를", ["메모리"]),
        ("profile", "getUserProfileById profiles", ["Profile"]),
        ("UserProfile", "getUserProfileById", ["UserProfile"]),
        ("http", "HTTPServer2", ["HTTP"]),
        ("2.1.3", "v2.1.3-beta", ["2.1.3"]),
        ("हिन्दी", "यह हिन्दी है", ["हिन्दी"]),
        ("हिन", "यह हिन्दी है", []),
        ("C++", "C, C++ and C#", ["C++"]),
        ("C#", "C, C++ and C#.", ["C#"]),
        (".NET", "net and .NET", [".NET"]),
        ("🎉", "🎉shipped", ["🎉"]),
        ("ｆｕｌｌ", "full", ["full"]),
    ],
)
def test_words_are_marked_as_they_are_found(query: str, text: str, marked: list[str]) -> None:
    assert places(query, text) == marked


def test_an_expression_that_takes_long_is_no_longer_marked() -> None:
    pattern = hit_pattern("re:(a+)+$ b")
    assert isinstance(pattern, HitPattern)
    text = "a" * 5_000 + " b"
    began = time.thread_time()
    for _ in range(20):
        assert [span.length for span in pattern.spans(text)] == [1]
    assert time.thread_time() - began < 0.5


def test_json_records_are_laid_out_and_kept_exact() -> None:
    record = record_text(b'{"b": 1, "a": "\xc3\xa9"}')
    assert record.pretty == '{\n  "b": 1,\n  "a": "é"\n}'
    assert record.exact == '{"b": 1, "a": "é"}'


def test_records_of_several_lines_are_laid_out_one_by_one() -> None:
    assert record_text(b'{"a": 1}\n{"a": 2}\n').pretty == '{\n  "a": 1\n}\n\n{\n  "a": 2\n}'


@pytest.mark.parametrize("data", [b"plain text", b"12", b"[" * 5_000, b'{"a": \xff}', b"9" * 9_000])
def test_records_that_are_no_json_are_shown_exact(data: bytes) -> None:
    assert record_text(data).pretty == ""
    assert record_text(data).exact


def test_a_record_is_elided_above_a_megabyte_and_its_lines_are_broken() -> None:
    record = record_text(b"z" * (MOST_SHOWN + 5))
    assert record.elided == 5
    assert max(map(len, record.exact.split("\n"))) <= LONGEST_LINE + 2


def block(part: Part, wanted: HitPattern | None = None) -> PartBlock:
    return PartBlock(0, part, part_text(part, OPEN, wanted), CardStyle(QFont()), 600)


@pytest.mark.usefixtures("qapp")
def test_colours_stand_on_their_words_after_an_emoji() -> None:
    shown = block(Part(PartKind.MESSAGE, "😀😀 the needle 😀 is here"), hit_pattern("needle"))
    [piece] = shown.pieces
    [marked] = piece.formats
    units = "😀😀 the needle".encode("utf-16-le")
    assert (marked.start, marked.length) == (len(units) // 2 - 6, 6)
    assert piece.between(marked.start, marked.start + marked.length) == "needle"


@pytest.mark.usefixtures("qapp")
def test_a_tools_name_hides_nothing() -> None:
    shown = block(Part(PartKind.CALL, text="{}", name="ls\u202egnp.exe" + "y" * 10_000))
    assert "\u202e" not in shown.label
    assert len(shown.label) < 200


@pytest.mark.usefixtures("qapp")
def test_a_message_says_who_spoke_where_several_do() -> None:
    shown = block(Part(PartKind.MESSAGE, text="Hello", name="Ann\u202e", call_id="D1:1"))
    assert shown.label.startswith("Ann")
    assert "\u202e" not in shown.label
    assert block(Part(PartKind.MESSAGE, "Hi")).label == ""
