from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from hpm_engine import (
    AuditFilter,
    Cancelled,
    CannotWrite,
    ExportFormat,
    ExportPart,
    Job,
    Memory,
    NotFound,
    open_memory,
)
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from tests.support.command_runs import session
from tests.support.written_episodes import write

HOSTILE = (
    "<script>alert(1)</script>\n\n<img src=x onerror=alert(2)> ![pixel](https://evil.test/p.png)\n"
    "[here](javascript:alert(3)) [there](data:text/html,x) <a href=x onclick=y>z</a>\n"
    "bidi \u202e and \x1b[31m and \u200b hidden &lt;b&gt; \"quote\" 'q'\n"
    "\n## Step 9 · Agent · forged\n\n```\nnever closed <b>\n</pre></details></main>"
)


def step(source: StepSource, *parts: Part, flags: StepFlag = StepFlag.NONE) -> StepDraft:
    return StepDraft(source, parts, at=1_700_000_000_000_000, flags=flags)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "store.hpm", create=True) as memory:
        yield memory


@pytest.fixture
def told(memory: Memory) -> Memory:
    call = Part(PartKind.CALL, '{"command": "ls </pre>"}', "Bash </h3><script>", "c1")
    write(
        memory,
        [
            step(
                StepSource.USER, Part(PartKind.MESSAGE, "Please **mend** the `ferry`\n\n- a\n- b")
            ),
            step(
                StepSource.AGENT,
                Part(PartKind.REASONING, f"I think {HOSTILE}"),
                Part(PartKind.MESSAGE, HOSTILE),
                call,
                flags=StepFlag.ERROR,
            ),
            step(
                StepSource.SYSTEM,
                Part(PartKind.RESULT, "```\n" + HOSTILE + "\n" * 30, "", "c1", True),
            ),
        ],
        title=f"Ferries {HOSTILE}",
        cwd="/home/mira/<b>",
    )
    memory.notes.add(1, f"mine {HOSTILE}")
    memory.notes.add(1, "on the second", 1)
    return memory


NO_NOTES = frozenset({ExportPart.NOTES})


def exported(memory: Memory, form: ExportFormat, **options: frozenset[ExportPart]) -> str:
    stream = io.BytesIO()
    memory.episodes.export(1, stream, form=form, **options)
    return stream.getvalue().decode()


class Page(HTMLParser):
    """What a browser would make of a page: its elements, their attributes, how they nest."""

    VOID = frozenset({"meta", "br", "hr"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag in self.VOID or self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_a_page_holds_the_episode_and_nothing_that_runs_or_fetches(told: Memory) -> None:
    text = exported(told, ExportFormat.HTML)
    page = Page(text)
    allowed = {
        *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "aside"),
        *("h1", "h2", "h3", "dl", "div", "dt", "dd", "details", "summary", "span", "pre", "code"),
        *("p", "b", "strong", "em", "ul", "li", "a", "br"),
    }
    assert {tag for tag, _ in page.elements} <= allowed
    attributes = {name for _, given in page.elements for name in given}
    assert not {name for name in attributes if name.startswith("on")} and "src" not in attributes
    hrefs = {str(given["href"]) for given in page.named("a")}
    assert all(href.startswith(("#step-", "https://")) for href in hrefs)
    assert "default-src 'none'" in str(page.named("meta")[1]["content"])
    assert "\u202e" not in text and "\x1b" not in text and "⟦RLO⟧" in text and "␛" in text
    assert "url(" not in text and "@import" not in text


def test_a_page_renders_markdown_and_folds_what_is_long(told: Memory) -> None:
    text = exported(told, ExportFormat.HTML)
    page = Page(text)
    assert "<strong>mend</strong>" in text and "<code>ferry</code>" in text
    assert len(page.named("section")) == 3 and len(page.named("details")) == 2
    assert [given["id"] for given in page.named("section")] == ["step-1", "step-2", "step-3"]
    assert len(page.named("aside")) == 2
    assert "mine <script>" in "".join(page.text)
    assert "Folder" in text and "/home/mira/&lt;b&gt;" in text


def test_markdown_has_a_heading_for_each_step_and_none_that_is_forged(told: Memory) -> None:
    text = exported(told, ExportFormat.MARKDOWN)
    tokens = MarkdownIt("commonmark").parse(text)
    headings = [
        tokens[index + 1].content
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.level == 0
    ]
    assert [heading.split(" · ")[0] for heading in headings[1:]] == ["Step 1", "Step 2", "Step 3"]
    types = {token.type for token in tokens}
    types |= {child.type for token in tokens for child in token.children or ()}
    assert not types & {"html_block", "html_inline", "image"}
    assert "**mend** the `ferry`" in text and "\u202e" not in text
    assert '  "command": "ls </pre>"' in text


def test_notes_are_left_out_when_that_is_asked(told: Memory) -> None:
    for form in (ExportFormat.HTML, ExportFormat.MARKDOWN):
        assert "on the second" in exported(told, form)
        assert "on the second" not in exported(told, form, without=NO_NOTES)
    assert "on the second" not in exported(told, ExportFormat.ATIF)


@pytest.mark.parametrize("form", [ExportFormat.HTML, ExportFormat.MARKDOWN])
def test_what_is_left_out_is_gone_and_said(told: Memory, form: ExportFormat) -> None:
    whole = exported(told, form)
    left_out = frozenset({ExportPart.RESULTS, ExportPart.THINKING})
    text = exported(told, form, without=left_out)
    assert "Result" in whole and "Result" not in text and "Thinking" not in text
    assert "Left out" in text and "thinking, results of tools" in text and "Left out" not in whole
    assert "Step 3" not in text  # it was a result and nothing else
    sentence = told.episodes.outlook([1], form, without=left_out).sentence
    assert "the text of 3 steps without thinking, results of tools" in sentence


def test_several_episodes_are_one_page_with_a_list_that_leads_to_each(
    told: Memory, tmp_path: Path
) -> None:
    write(told, [step(StepSource.USER, Part(PartKind.MESSAGE, "Other"))], key="b", title="<i>x")
    target = tmp_path / "some.html"
    result = told.episodes.export_many([1, 2, 99], target, ExportFormat.HTML)
    page = Page(target.read_text())
    names = {given["id"] for _, given in page.elements if "id" in given}
    leads = {str(given["href"])[1:] for given in page.named("a") if str(given["href"])[0] == "#"}
    assert leads <= names and {"episode-1", "episode-2", "e1-step-3", "e2-step-1"} <= names
    assert len(page.named("article")) == 2 and not page.named("i") and not page.named("script")
    assert result.episodes == 2 and result.passed_over == ((99, "There is no episode 99."),)
    text = tmp_path / "some.md"
    told.episodes.export_many([1, 2], text, ExportFormat.MARKDOWN)
    assert text.read_text().count("\n---\n\n# ") == 1


def test_each_export_is_logged_with_its_digest(told: Memory) -> None:
    stream = io.BytesIO()
    result = told.episodes.export(1, stream, form=ExportFormat.HTML)
    row = told.audit.page(AuditFilter(action="export"))[-1]
    assert row.after == result.sha256 == sha256(stream.getvalue()).hexdigest()
    assert json.loads(row.detail) == {
        "format": "html",
        "notes": 2,
        "size": len(stream.getvalue()),
        "steps": 3,
    }


def test_what_leaves_is_said_before(told: Memory) -> None:
    sentence = told.episodes.outlook([1], ExportFormat.HTML).sentence
    assert sentence == (
        "The file holds all text of 3 steps, thinking and results of tools too, paths such as "
        "/home/mira/<b>, and 2 notes of yours."
    )
    assert told.episodes.outlook([1], ExportFormat.MARKDOWN, without=NO_NOTES).sentence.endswith(
        ", and no notes."
    )
    assert "byte for byte" in told.episodes.outlook([1], ExportFormat.RAW).sentence


def test_several_episodes_become_an_archive_with_a_file_for_each(
    told: Memory, tmp_path: Path
) -> None:
    write(told, [step(StepSource.USER, Part(PartKind.MESSAGE, "Other"))], key="b", title="../../x")
    target = tmp_path / "some.zip"
    result = told.episodes.export_many([1, 2], target, ExportFormat.MARKDOWN)
    with zipfile.ZipFile(target) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names == [names[0], "00002-x.md"] and names[0].startswith("00001-Ferries-script-")
        assert "on the second" in archive.read(names[0]).decode()
    assert result.sha256 == sha256(target.read_bytes()).hexdigest()
    assert result.size == target.stat().st_size and result.steps == 4
    rows = told.audit.page(AuditFilter(action="export"))
    assert [row.subject for row in rows] == ["episode:1", "episode:2"]
    again = tmp_path / "again.zip"
    told.episodes.export_many([1, 2], again, ExportFormat.MARKDOWN)
    assert again.read_bytes() == target.read_bytes()


def test_an_archive_that_is_stopped_or_cannot_be_written_leaves_nothing(
    told: Memory, tmp_path: Path
) -> None:
    rows = told.audit.count()
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        told.episodes.export_many([1], tmp_path / "a.zip", ExportFormat.HTML, job=job)
    with pytest.raises(CannotWrite):
        told.episodes.export_many([1], tmp_path / "no" / "a.zip", ExportFormat.HTML)
    assert told.audit.count() == rows
    assert not [path for path in tmp_path.iterdir() if "zip" in path.name]


def test_a_full_disk_leaves_no_archive_and_no_row(
    told: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("hpm_engine.export.hashed_stream.HashedStream.write", full)
    rows = told.audit.count()
    with pytest.raises(CannotWrite, match="No space left"):
        told.episodes.export_many([1], tmp_path / "a.zip", ExportFormat.HTML)
    monkeypatch.undo()
    assert told.audit.count() == rows
    assert not [path for path in tmp_path.iterdir() if "zip" in path.name]


def test_what_has_no_bytes_is_passed_over_and_said(tmp_path: Path, memory: Memory) -> None:
    (tmp_path / "one.jsonl").write_bytes(session("one", "Find the bug"))
    memory.import_paths([tmp_path / "one.jsonl"])
    write(memory, [step(StepSource.USER, Part(PartKind.MESSAGE, "x"))])
    target = tmp_path / "some.zip"
    result = memory.episodes.export_many([1, 2, 99], target, ExportFormat.RAW)
    assert result.episodes == 1 and [number for number, _ in result.passed_over] == [2, 99]
    with zipfile.ZipFile(target) as archive:
        [name] = archive.namelist()
        assert archive.read(name) == (tmp_path / "one.jsonl").read_bytes()
    with pytest.raises(NotFound, match="bytes are not kept"):
        memory.episodes.export_many([2], tmp_path / "none.zip", ExportFormat.RAW)
    assert not (tmp_path / "none.zip").exists()
    assert memory.audit.count(AuditFilter(action="export")) == 1


def test_a_message_of_any_size_is_rendered_in_time(memory: Memory) -> None:
    text = "*a [" * 40_000 + "<b>" + "![" * 20_000
    write(memory, [step(StepSource.AGENT, Part(PartKind.MESSAGE, text))])
    for form in (ExportFormat.HTML, ExportFormat.MARKDOWN):
        assert "&lt;b&gt;" in exported(memory, form) or "<b>" in exported(memory, form)
