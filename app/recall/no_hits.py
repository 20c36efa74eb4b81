"""What is said where a recall found nothing, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable

from app.kit.controls.state_page import StatePage
from app.recall.recall_answer import Answer, Question
from hpm_engine import RecallScope


def say_no_hits(
    page: StatePage,
    question: Question | None,
    answer: Answer,
    prepare: Callable[[], None] | None,
    ask_widely: Callable[[], None],
) -> None:
    """Say why nothing was found; ``prepare`` is there where episodes wait to be prepared."""
    if prepare is not None and answer.recall is not None:
        text = "Not all episodes are prepared for recall yet."
        page.show_empty("Nothing found so far", text, "Prepare now", prepare)
    elif question is not None and question.scope != RecallScope():
        text = "No episode within the filters answers the cue."
        page.show_empty("Nothing found", text, "Ask without filters", ask_widely)
    else:
        text = "No episode has anything to do with the cue. Say it in other words."
        page.show_empty("Nothing found", text)
