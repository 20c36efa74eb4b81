"""What is copied of episodes and steps: links, Markdown, the command that goes on with one."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from app.episodes import markdown_copy
from app.episodes.commands.resume import CannotResume, resume_command
from app.episodes.conversation.copying import steps_as_markdown
from app.kit.actions import OpenStore
from app.kit.formatting import counted
from app.kit.link import command_line
from hpm_engine import Changed, Job, Memory, Packet, visible

MOST_COPIED = 20  # episodes: more are exported
_SHOWN_MS = 4000


def copy_link(store: OpenStore) -> None:
    """Copy what opens the selected episodes, a line for each."""
    path = store.session.path.absolute()
    lines = [command_line(path, episode_id) for episode_id in store.selected_ids()]
    if lines:
        _copy(store, "\n".join(lines), counted(len(lines), "link"))


def copy_step_link(store: OpenStore) -> None:
    """Copy what opens the selected step."""
    here = store.navigator.current
    if here.episode_id is not None:
        path = store.session.path.absolute()
        _copy(store, command_line(path, here.episode_id, here.seq or 0), "1 link")


def copy_markdown(store: OpenStore) -> None:
    """Copy the selected episodes as Markdown."""
    ids = tuple(store.selected_ids())
    if not ids or too_many(store):
        return
    what = counted(len(ids), "episode")
    markdown_copy.copy_markdown(store.session, ids, lambda text: _copy(store, text, what))


def copy_step_markdown(store: OpenStore) -> None:
    """Copy the selected step as Markdown."""
    here = store.navigator.current
    if here.episode_id is None:
        return
    episode_id, seq = here.episode_id, here.seq or 0

    def call(memory: Memory, _job: Job) -> str:
        return steps_as_markdown(memory.steps.read(episode_id, seq, seq + 1))

    task = store.session.read(call)
    task.succeeded.connect(lambda text: _copy(store, text, "1 step"))
    task.failed.connect(partial(store.problems.report, doing="Copying a step"))


def copy_resume(store: OpenStore) -> None:
    """Copy the command that goes on with the selected session in its agent."""
    row = store.chosen.row
    if row is not None and not cannot_resume(store):
        _copy(store, resume_command(row), "The command")


def copy_packet(store: OpenStore) -> None:
    """Copy the selected session in brief, for another agent to go on with; the log tells of it."""
    row = store.chosen.row
    if row is None:
        return
    episode_id = row.id

    def exported(memory: Memory, job: Job) -> tuple[Packet, Changed]:
        return memory.episodes.hand_over(episode_id, job=job), Changed.AUDIT

    def read(memory: Memory, job: Job) -> tuple[Packet, Changed]:
        return memory.episodes.packet(episode_id, job=job), Changed.NOTHING

    title = "Copy a session for another agent"
    session = store.session
    task = session.write(exported, title) if session.writable else session.read(read, title)
    task.succeeded.connect(
        lambda answer: _copy(store, answer[0].text, f"{answer[0].tokens:,} tokens")
    )


def cannot_resume(store: OpenStore) -> str:
    """Why the selected session cannot be gone on with; "" if it can, as far as is known."""
    row = store.chosen.row
    if row is None:
        return ""
    try:
        resume_command(row)
    except CannotResume as reason:
        return visible(str(reason))
    return ""


def too_many(store: OpenStore) -> str:
    """Why the selected episodes cannot be copied."""
    count = len(store.selected_ids())
    return "" if count <= MOST_COPIED else f"At most {MOST_COPIED} are copied: export {count:,}."


def _copy(store: OpenStore, text: str, what: str) -> None:
    QGuiApplication.clipboard().setText(text)
    if isinstance(frame := store.frame, QMainWindow):
        frame.statusBar().showMessage(f"Copied: {what[:1].lower()}{what[1:]}", _SHOWN_MS)
