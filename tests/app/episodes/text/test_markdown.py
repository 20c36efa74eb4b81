from __future__ import annotations

import time

import pytest

from app.episodes.text.markdown import MOST_BLOCKS, markdown_blocks
from app.episodes.text.part_text import TextForm, Unfolding, step_text
from app.episodes.text.spans import Ink
from app.episodes.text.text_block import Link, Shape, TextBlock
from hpm_engine import Part, PartKind, Step, StepFlag, StepSource


def inked(block: TextBlock) -> set[tuple[Ink, str]]:
    return {(s.ink, block.text[s.start : s.start + s.length]) for s in block.spans}


def test_headings_have_their_level() -> None:
    first, second = markdown_blocks("# One\n\n### Three *much*")
    assert (first.shape, first.level, first.text) == (Shape.HEADING, 1, "One")
    assert (second.shape, second.level, second.text) == (Shape.HEADING, 3, "Three much")
    assert inked(second) == {(Ink.EMPHASIS, "much")}


def test_words_stand_out_as_they_are_marked() -> None:
    [block] = markdown_blocks("a **bold** *slanted* ~~gone~~ `code` ***both***")
    assert block.text == "a bold slanted gone code both"
    assert inked(block) == {
        (Ink.STRONG, "bold"),
        (Ink.EMPHASIS, "slanted"),
        (Ink.STRUCK, "gone"),
        (Ink.CODE, "code"),
        (Ink.STRONG, "both"),
        (Ink.EMPHASIS, "both"),
    }


def test_lists_are_nested_numbered_and_ticked() -> None:
    text = "- a\n- b\n  1. one\n  2. two\n     - deep\n- [ ] open\n- [x] **done**\n"
    blocks = markdown_blocks(text)
    assert [(b.indent, b.marker, b.text) for b in blocks] == [
        (1, "•", "a"),
        (1, "•", "b"),
        (2, "1.", "one"),
        (2, "2.", "two"),
        (3, "◦", "deep"),
        (1, "☐", "open"),
        (1, "☑", "done"),
    ]
    assert inked(blocks[-1]) == {(Ink.STRONG, "done")}
    assert markdown_blocks("7. seven\n8. eight")[1].marker == "8."


def test_the_second_paragraph_of_an_item_has_no_marker() -> None:
    first, second = markdown_blocks("- a\n\n  more of a")
    assert (first.marker, second.marker) == ("•", "")
    assert first.indent == second.indent == 1


def test_quotations_are_told_by_their_depth() -> None:
    assert [(b.quotes, b.text) for b in markdown_blocks("> a\n>\n> > b\n\nc")] == [
        (1, "a"),
        (2, "b"),
        (0, "c"),
    ]


def test_code_keeps_its_lines_and_has_the_colours_of_its_language() -> None:
    [block] = markdown_blocks("```python\ndef f():\n    return 1\n```")
    assert (block.shape, block.text) == (Shape.CODE, "def f():\n    return 1")
    assert (Ink.KEYWORD, "def") in inked(block)
    [plain] = markdown_blocks("```no-such-language\ndef\n```")
    assert plain.spans == ()
    [indented] = markdown_blocks("    x = 1")
    assert (indented.shape, indented.text) == (Shape.CODE, "x = 1")


def test_a_table_has_rows_of_cells() -> None:
    [table] = markdown_blocks("| a | b |\n|---|---|\n| 1 | **2** |\n")
    assert table.shape is Shape.TABLE
    assert [[cell.text for cell in row] for row in table.cells] == [["a", "b"], ["1", "2"]]
    assert inked(table.cells[1][1]) == {(Ink.STRONG, "2")}


def test_an_endless_table_is_shown_as_it_was_written() -> None:
    text = "|a" * 50 + "|\n" + "|-" * 50 + "|\n" + ("|b" * 50 + "|\n") * 20
    [block] = markdown_blocks(text)
    assert block.shape is Shape.CODE
    assert block.text.startswith("|a|a")


def test_a_rule_is_a_rule_and_a_break_a_break() -> None:
    first, rule, _ = markdown_blocks("a\nb\n\n---\n\nc")
    assert first.text == "a\nb"
    assert rule.shape is Shape.RULE


def test_html_is_shown_and_never_taken() -> None:
    [block] = markdown_blocks('<b>bold</b> <img src="file:///etc/passwd"> <script>x</script>')
    assert block.text == '<b>bold</b> <img src="file:///etc/passwd"> <script>x</script>'
    assert block.spans == ()


def test_a_picture_is_its_words_and_leads_nowhere() -> None:
    [block] = markdown_blocks("see ![the *chart*](http://evil.example/x.png) ![](y.png)")
    assert block.text == "see [picture: the chart] [picture: no description]"
    assert block.links == ()


def test_a_link_is_its_text_and_its_target() -> None:
    [block] = markdown_blocks("read [the **page**](https://example.org/a?b=c) now")
    assert block.text == "read the page now"
    assert block.links == (Link(5, 13, "https://example.org/a?b=c"),)
    assert (Ink.LINK, "the page") in inked(block)
    [unsafe] = markdown_blocks("[x](javascript:alert(1))")
    assert unsafe.links == ()


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\x07", "\U000e0041"])
def test_nothing_is_hidden_in_any_construct(hidden: str) -> None:
    text = (
        f"# h{hidden}\n\np{hidden} `c{hidden}` [l{hidden}](u) ![i{hidden}](u)\n\n"
        f"```\nf{hidden}\n```\n\n|t{hidden}|\n|-|\n|u{hidden}|\n\n- i{hidden}\n"
    )
    for block in markdown_blocks(text):
        cells = [cell.text for row in block.cells for cell in row]
        assert hidden not in "".join([block.text, *cells])


@pytest.mark.parametrize(
    "text",
    [
        "".join("  " * n + "- a\n" for n in range(200)),
        "> " * 10_000 + "a",
        "[" * 10_000,
        "![" * 10_000,
        "[a](" * 5_000,
        "*a **b " * 3_000,
        "`" + "``".join("a" * 6_000),
        "1. " * 6_000,
        "|a" * 2_000 + "|\n" + "|-" * 2_000 + "|\n",
        "<a " * 7_000,
        "&" * 20_000,
        "\\" * 20_000,
        "x" * 20_000,
        "- " * 6_000,
        "```\n" * 5_000,
    ],
)
def test_hostile_text_takes_bounded_time(text: str) -> None:
    began = time.thread_time()
    blocks = markdown_blocks(text[:20_000])
    assert time.thread_time() - began < 1.5
    assert len(blocks) <= MOST_BLOCKS


def step(*parts: Part, source: StepSource = StepSource.AGENT, flags: int = 0) -> Step:
    return Step(1, 0, source, StepFlag(flags), None, "m", 1, 2, parts)


def shapes(of: Step, *, markdown: bool = True) -> list[list[Shape]]:
    shown = step_text(of, TextForm(markdown=markdown), {})
    return [[block.shape for block in text.blocks] for text in shown.texts]


def test_what_people_and_agents_say_is_markdown_and_nothing_else() -> None:
    parts = [Part(kind, "# title\n\ntext") for kind in (PartKind.MESSAGE, PartKind.RESULT)]
    assert shapes(step(*parts)) == [[Shape.HEADING, Shape.PARAGRAPH], [Shape.CODE]]
    assert shapes(step(*parts), markdown=False) == [[Shape.PARAGRAPH], [Shape.CODE]]
    injected = step(parts[0], flags=StepFlag.INJECTED)
    assert shapes(injected) == [[Shape.PARAGRAPH]]
    assert shapes(step(parts[0], source=StepSource.SYSTEM)) == [[Shape.PARAGRAPH]]


def test_a_megabyte_in_one_line_is_cut_before_it_is_read() -> None:
    long = step(Part(PartKind.MESSAGE, "[" * 1_000_000))
    began = time.thread_time()
    [text] = step_text(long, TextForm(), {}).texts
    assert time.thread_time() - began < 1
    assert text.shown == 6_000
    assert text.link == "show 20,000 more (of 1,000,000 chars)"
    assert max(len(line) for block in text.blocks for line in block.text.split("\n")) <= 4_000


def test_a_thought_is_read_when_somebody_opens_it() -> None:
    thinking = step(Part(PartKind.REASONING, "**why**"))
    [folded] = step_text(thinking, TextForm(), {}).texts
    assert folded.folded and folded.size == 7 and folded.blocks == ()
    [opened] = step_text(thinking, TextForm(), {0: Unfolding()}).texts
    assert [block.text for block in opened.blocks] == ["why"]


def test_what_is_searched_for_is_marked_in_every_construct() -> None:
    text = "# needle\n\n- needle\n\n|needle|\n|-|\n|x|\n\n```\nneedle\n```"
    [shown] = step_text(step(Part(PartKind.MESSAGE, text)), TextForm(hits="needle"), {}).texts
    cells = [cell for block in shown.blocks for row in block.cells for cell in row]
    marked = [b for b in [*shown.blocks, *cells] if (Ink.HIT, "needle") in inked(b)]
    assert len(marked) == 4
