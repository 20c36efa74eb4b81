"""Whole episodes as Markdown for the clipboard, whichever menu asks for them."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from functools import partial

from app.kit.formatting import counted
from app.kit.session import Session
from hpm_engine import Changed, ExportFormat, Job, Memory

_BETWEEN = "\n---\n\n"
_FORM = ExportFormat.MARKDOWN


def copy_markdown(session: Session, ids: Sequence[int], then: Callable[[str], object]) -> None:
    """Hand the text of episodes to ``then``.

    That is an export, and the log tells of it; a store that cannot be written is only read.
    """
    title = f"Copy {counted(len(ids), 'episode')} as Markdown"
    if session.writable:
        task = session.write(partial(_exported, ids), title)
    else:
        task = session.read(partial(_read, ids), title)
    task.succeeded.connect(lambda answer: then(answer[0]))


def _exported(ids: Sequence[int], memory: Memory, job: Job) -> tuple[str, Changed]:
    texts = []
    for episode_id in ids:
        stream = io.BytesIO()
        memory.episodes.export(episode_id, stream, job=job, form=_FORM)
        texts.append(stream.getvalue().decode())
    return _BETWEEN.join(texts), Changed.AUDIT


def _read(ids: Sequence[int], memory: Memory, job: Job) -> tuple[str, Changed]:
    texts = [memory.episodes.rendered(episode_id, _FORM, job=job).decode() for episode_id in ids]
    return _BETWEEN.join(texts), Changed.NOTHING
