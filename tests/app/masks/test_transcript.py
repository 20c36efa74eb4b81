"""The transcript: what is kept is read whole, what is dropped is folded, and both add up."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from app.kit.navigation import Place
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.contrast import contrast
from app.kit.view_names import ViewName
from app.masks.kept_figure import kept_figure, task_step, warning_of
from app.masks.mask_reading import RATIOS, MaskReading, read_episode, read_mask
from app.masks.opening import read_opening
from app.masks.transcript.line_counts import PartLines, StepLines
from app.masks.transcript.rows import RowKind, rows
from app.masks.transcript.transcript import Transcript
from app.masks.view import MasksView
from hpm_engine import Budget, Job, KeptFor, KeptSpan, Memory, PartKind, open_memory
from tests.support.files.varied_traces import varied_store
from tests.support.shown_views import show_view


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Episodes of several lengths, the last too short for any budget."""
    return varied_store(tmp_path, (90, 60, 40, 2))


@pytest.fixture
def memory(store: Path) -> Iterator[Memory]:
    with open_memory(store) as memory:
        yield memory


@pytest.fixture
def view(qtbot: QtBot, session: Session) -> MasksView:
    view = show_view(qtbot, session, MasksView, Place(ViewName.MASKS, 1))
    view.restore(Place(ViewName.MASKS, 1))
    qtbot.waitUntil(lambda: bool(view.pane.shown) and view.pane.shown[0].exact, timeout=20_000)
    qtbot.waitUntil(lambda: view.pane.transcript.text.complete)
    return view


def masks(memory: Memory) -> Iterator[MaskReading]:
    """Of every episode at every stop of the slider, by several scorers."""
    for episode_id in range(1, memory.figures.stats().episodes + 1):
        episode = read_episode(memory, Job(), episode_id)
        for budget in (Budget(ratio=ratio) for ratio in RATIOS):
            for scorer in episode.scorers[:3]:
                mask = read_mask(memory, Job(), episode, budget, scorer)
                if mask is not None:
                    yield mask


def test_kept_and_dropped_lines_add_up_to_all_of_the_session(memory: Memory) -> None:
    for mask in masks(memory):
        opening = read_opening(memory, Job(), mask.kept.episode_id)
        whole = sum(step.lines for step in opening.lines)
        shown = list(rows(opening.lines, mask.spans, mask.shares))
        kept = [row.text for row in shown if row.kind is RowKind.KEPT]
        assert kept == [
            line
            for seq in sorted(mask.spans)
            for span in sorted(mask.spans[seq], key=lambda span: (span.part, span.line))
            for line in span.text.split("\n")
        ]
        folds = [row.fold for row in shown if row.fold is not None]
        assert len(kept) + sum(fold.lines for fold in folds) == whole


def test_every_reason_is_true_of_its_mask(memory: Memory) -> None:
    """Whatever a sentence says was kept instead is kept, in so many lines and for that reason."""
    sentences = 0
    for mask in masks(memory):
        lines = {reason.value: 0 for reason in KeptFor}
        for span in mask.kept.spans:
            lines[span.reason.value] += span.text.count("\n") + 1
        episode = read_episode(memory, Job(), mask.kept.episode_id)
        for step in episode.steps:
            said = mask.why(step)
            own = {span.reason.value for span in mask.spans.get(step.seq, ())}
            if said.startswith("Kept for: "):
                names = said.removeprefix("Kept for: ").partition(". Its")[0].split(", ")
                assert set(names) == own
            elif "Kept instead: " in said:
                told = said.partition("Kept instead: ")[2].partition(".")[0].split(", ")
                counts = dict(reversed(part.split(" for ")) for part in told)
                assert {why: int(n.split()[0].replace(",", "")) for why, n in counts.items()} == {
                    why: n for why, n in lines.items() if n
                }
                assert not own
            elif "as every step of this episode is" in said:
                assert not mask.spans
            else:
                assert "repeats a step" in said or not step.text_size
            sentences += 1
    assert sentences > 500


def test_the_figure_and_its_sentence_are_true_of_every_mask(memory: Memory) -> None:
    for mask in masks(memory):
        episode = memory.episodes.detail(mask.kept.episode_id).episode
        figure, said = kept_figure(mask, episode, stored=False, left=False)
        share = mask.kept.stored_size / mask.kept.raw_size * 100
        assert figure == (f"{share:.0f} %" if share >= 0.5 else "< 1 %")
        assert ("every name in it is kept" in said) == (
            mask.identifiers.lost == 0 and mask.identifiers.total > 0
        )
        steps = read_episode(memory, Job(), episode.id).steps
        warns = warning_of(mask.shares, steps, stored=False)
        asked = task_step(steps)
        nothing = not any(mask.shares)
        assert bool(warns) == (nothing or (asked is not None and not mask.shares[asked]))
        guess = msgspec.structs.replace(mask, exact=False)
        assert "an estimate" in kept_figure(guess, episode, stored=False, left=False)[1]


def test_nothing_kept_is_a_warning_that_stands_first(qtbot: QtBot, view: MasksView) -> None:
    pane = view.pane
    assert pane.episode is not None
    nothing = msgspec.structs.replace(
        pane.shown[0], spans={}, shares=bytes(pane.shown[0].kept.steps)
    )
    pane._show((nothing,), pane.episode)
    assert pane.figure.warning.isVisible()
    assert pane.figure.warning.whole_text().startswith("⚠ None of its")
    assert pane.figure.warning.y() <= pane.figure.figure.y()
    text = pane.transcript.text.toPlainText()
    assert text.startswith("▸ Steps 1 to ")


def test_the_transcript_folds_what_is_dropped_and_unfolds_it_in_place(
    qtbot: QtBot, view: MasksView, store: Path
) -> None:
    text, mask = view.pane.transcript.text, view.pane.shown[0]
    before = text.toPlainText()
    for span in mask.kept.spans[:5]:
        assert span.text.split("\n")[0] in before
    folds = text.folds()
    number = next(n for n, fold in enumerate(folds) if fold.part < 0 and fold.lines)
    assert "dropped" in before
    block = text._block_of(number)
    assert block is not None
    text.setTextCursor(QTextCursor(block))
    qtbot.keyClick(text, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: number in text._open, timeout=10_000)
    with open_memory(store, read_only=True) as memory:
        [step] = memory.steps.read(1, folds[number].seq, folds[number].seq + 1)
    dropped = next(part.text for part in step.parts if part.text).split("\n")[0]
    block = text._block_of(number)
    assert block is not None and block.text().startswith("▾")
    inside = block.next().next()
    assert inside.text() == dropped
    colour = inside.begin().fragment().charFormat().foreground().color()
    assert colour == Colour.DROPPED.qcolor()
    assert contrast(colour.name(), Colour.SURFACE.qcolor().name()) >= 4.5
    text.setTextCursor(QTextCursor(block))
    qtbot.keyClick(text, Qt.Key.Key_Return)
    assert text.toPlainText() == before


def test_a_click_unfolds_and_the_keys_go_from_fold_to_fold(qtbot: QtBot, view: MasksView) -> None:
    text = view.pane.transcript.text
    qtbot.keyClick(text, Qt.Key.Key_J)
    number = text._fold_at(text.textCursor().block())
    assert number is not None
    point = text.cursorRect().center()
    qtbot.mouseClick(text.viewport(), Qt.MouseButton.LeftButton, pos=point)
    qtbot.waitUntil(lambda: number in text._open, timeout=10_000)


def test_details_are_worked_out_only_when_they_are_open(qtbot: QtBot, view: MasksView) -> None:
    assert not view.pane.more.is_open
    assert view.pane.details.rebuilt.shown == ()
    view.pane.more.set_open(True)
    assert view.pane.details.steps.rows.rowCount() == view.pane.shown[0].kept.steps


def test_a_stored_mask_is_shown_before_anything_is_worked_out(
    qtbot: QtBot, session: Session, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_memory(store) as memory:
        memory.compression.compress([1, 2])
    view = show_view(qtbot, session, MasksView, Place(ViewName.MASKS, 1))
    monkeypatch.setattr(view.pane._begin, "ask", lambda *_: None)
    view.restore(Place(ViewName.MASKS, 1))
    qtbot.waitUntil(lambda: "names are being counted" in view.pane.figure.sentence.whole_text())
    assert "dropped" in view.pane.transcript.text.toPlainText()
    assert view.pane.page.shows_content and not view.pane.restore.isHidden()


def test_a_long_session_is_written_piece_by_piece_and_at_once_where_one_reads(
    qtbot: QtBot,
) -> None:
    steps = [StepLines(seq, "agent", {0: PartLines(PartKind.MESSAGE, "", 2)}) for seq in range(900)]
    spans = {
        seq: (KeptSpan(seq, 0, PartKind.MESSAGE, 0, f"kept {seq}", KeptFor.MASK),)
        for seq in range(0, 900, 2)
    }
    transcript = Transcript()
    qtbot.addWidget(transcript)
    transcript.resize(400, 300)
    transcript.show_rows(steps, spans, None)
    first = transcript.blockCount()
    assert 0 < first < 900 and not transcript.complete
    bar = transcript.verticalScrollBar()
    while not transcript.complete:
        before = transcript.blockCount()
        bar.setValue(bar.maximum())
        qtbot.waitUntil(lambda n=before: transcript.blockCount() > n or transcript.complete)
    wanted = list(rows(steps, spans, None))
    assert transcript.blockCount() == len(wanted)
    block = transcript.document().firstBlock()
    for row in wanted:
        assert transcript.seq_of(block) == row.seq
        assert block.text() == (f"▸ {row.text}" if row.fold is not None else row.text or " ")
        block = block.next()
