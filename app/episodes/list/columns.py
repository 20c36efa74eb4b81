"""The columns of the list of episodes."""

from __future__ import annotations

from app.episodes.live import LIVE, live_now
from app.kit.formatting import (
    NOTHING,
    counted,
    duration,
    exact_time,
    money,
    number,
    scaled,
    share,
    size,
    stamped_time,
)
from app.kit.glyphs import KEPT, LEARNED, OUTCOMES, kept_text, learned_text
from app.kit.list_times import list_time
from app.kit.table.called import CALLED, called
from app.kit.table.column import Column
from app.kit.theme.colour import Colour
from hpm_engine import Episode, Kept, SortColumn, field_term

_EFFORT = "Effort"  # groups of the header's menu
_MEMORY = "Memory"
_PLACE = "Place"
_EXACT = 1_000  # from here on tokens are told in three digits


def _when(episode: Episode) -> str:
    lines = [f"Started {exact_time(episode.started_at)}"]
    if episode.duration is not None:
        lines.append(f"Took {duration(episode.duration)}")
    return "\n".join(lines)


def _title(episode: Episode) -> str:
    return f"{_marks(episode)}{episode.name}"


def _marks(episode: Episode) -> str:
    live = f"{LIVE} " if live_now(episode) else ""
    pin, note = "⚑ " if episode.pinned else "", "✎ " if episode.notes else ""
    pin += "⊘ " if episode.quarantined else ""
    return live + pin + note + "".join(f"[{tag}] " for tag in episode.tags)


def _steps(episode: Episode) -> str:
    return "\n".join(
        (
            counted(episode.steps, "step"),
            f"{number(episode.agent_steps)} by the agent",
            counted(episode.calls, "tool call"),
            f"{counted(episode.tokens_in, 'token')} in, {number(episode.tokens_out)} out",
        )
    )


def _tokens(value: int) -> str:
    if not value:
        return NOTHING
    return number(value) if value < _EXACT else scaled(value)


def _term(field: str, value: str) -> str:
    return field_term(field, value) if value else ""


_KEPT = {
    Kept.WHOLE: "All of its text is kept",
    Kept.COMPRESSED: "Compressed; its whole text is kept beside that",
    Kept.EVICTED: "Only what compression kept is left of its text",
}


def _kept_in_words(episode: Episode) -> str:
    if episode.kept_share is None:
        return _KEPT[episode.kept]
    return f"{_KEPT[episode.kept]}\n{share(episode.kept_share)} of its steps keep some text"


COLUMNS: tuple[Column[Episode], ...] = (
    Column(
        title="#",
        width=44,
        text=lambda episode: str(episode.id),
        colour=lambda _: Colour.MUTED,
        tip="The episode's number, by which hpm show and the audit log know it",
        right=True,
        sort=SortColumn.ID,
    ),
    Column(
        title="When",
        width=114,
        text=lambda episode: list_time(episode.started_at),
        copied=lambda episode: stamped_time(episode.started_at),
        tooltip=_when,
        tip="When the episode began, in local time",
        sort=SortColumn.STARTED,
        largest_first=True,
    ),
    Column(
        title="Project",
        width=90,
        text=lambda episode: episode.project or NOTHING,
        tooltip=lambda episode: episode.project_path or episode.project,
        tip="The folder or data set that the agent worked in",
        term=lambda episode: _term("project", episode.project),
        sort=SortColumn.PROJECT,
    ),
    Column(
        title="Title",
        width=110,
        text=_title,
        tooltip=lambda episode: f"{_marks(episode)}{called(episode)}",
        wide=True,
        tip=(
            f"{CALLED}. ● marks sessions that go on now, ⚑ pinned ones, ⊘ those set apart,"
            " ✎ those with notes"
        ),
        sort=SortColumn.TITLE,
    ),
    Column(
        title="Agent",
        width=88,
        text=lambda episode: episode.agent or NOTHING,
        tooltip=lambda episode: f"{episode.agent}\n{episode.model}\nFormat {episode.format}",
        term=lambda episode: _term("agent", episode.agent),
        tip="The program that ran the session; its model is on the tooltip",
        sort=SortColumn.AGENT,
    ),
    Column(
        title="Outcome",
        width=88,
        text=lambda episode: str(OUTCOMES[episode.outcome]),
        colour=lambda episode: OUTCOMES[episode.outcome].colour,
        term=lambda episode: _term("outcome", episode.outcome),
        tip="Whether the task succeeded, as a label beside the trace says; never guessed",
        sort=SortColumn.OUTCOME,
    ),
    Column(
        title="Steps",
        width=54,
        text=lambda episode: number(episode.steps),
        tooltip=_steps,
        tip="All steps of the episode",
        right=True,
        group=_EFFORT,
        sort=SortColumn.STEPS,
    ),
    Column(
        title="Errors",
        width=56,
        text=lambda episode: f"✗ {number(episode.errors)}" if episode.errors else NOTHING,
        tooltip=lambda episode: counted(episode.errors, "failed tool call"),
        colour=lambda episode: Colour.BAD if episode.errors else Colour.MUTED,
        tip="Steps in which a tool call failed",
        term=lambda episode: _term("errors", ">0" if episode.errors else "0"),
        right=True,
        group=_EFFORT,
        sort=SortColumn.ERRORS,
    ),
    Column(
        title="Duration",
        width=90,
        text=lambda episode: duration(episode.duration) if episode.duration else NOTHING,
        tooltip=_when,
        tip="From its first step to its last, pauses included",
        right=True,
        shown=False,
        group=_EFFORT,
        sort=SortColumn.DURATION,
    ),
    Column(
        title="Cost",
        width=60,
        text=lambda episode: NOTHING if episode.cost_usd is None else money(episode.cost_usd),
        tip=f"What the trace says that it cost, in US dollars; {NOTHING} where it says nothing",
        right=True,
        group=_EFFORT,
        sort=SortColumn.COST,
    ),
    Column(
        title="Tool calls",
        width=78,
        text=lambda episode: number(episode.calls) if episode.calls else NOTHING,
        tip="How many tools the agent called",
        right=True,
        shown=False,
        group=_EFFORT,
        sort=SortColumn.CALLS,
    ),
    Column(
        title="Tokens in",
        width=78,
        text=lambda episode: _tokens(episode.tokens_in),
        tooltip=lambda episode: counted(episode.tokens_in, "token"),
        copied=lambda episode: str(episode.tokens_in),
        tip="Tokens that the model read, as the trace counts them",
        right=True,
        shown=False,
        group=_EFFORT,
        sort=SortColumn.TOKENS_IN,
    ),
    Column(
        title="Tokens out",
        width=84,
        text=lambda episode: _tokens(episode.tokens_out),
        tooltip=lambda episode: counted(episode.tokens_out, "token"),
        copied=lambda episode: str(episode.tokens_out),
        tip="Tokens that the model wrote, as the trace counts them",
        right=True,
        shown=False,
        group=_EFFORT,
        sort=SortColumn.TOKENS_OUT,
    ),
    Column(
        title="Files",
        width=56,
        text=lambda episode: NOTHING if episode.files is None else number(episode.files),
        tooltip=lambda episode: (
            "Not known until it is prepared for recall"
            if episode.files is None
            else counted(episode.files, "file changed", "files changed")
        ),
        tip="How many files it changed; known once it is prepared for recall",
        right=True,
        shown=False,
        group=_EFFORT,
        sort=SortColumn.FILES,
    ),
    Column(
        title="Size",
        width=76,
        text=lambda episode: size(episode.text_size),
        tooltip=lambda episode: f"{number(episode.text_size)} bytes of text",
        tip="The text of all its steps",
        right=True,
        shown=False,
        group=_EFFORT,
        sort=SortColumn.SIZE,
    ),
    Column(
        title="Kept",
        width=104,
        text=kept_text,
        tooltip=_kept_in_words,
        colour=lambda episode: KEPT[episode.kept].colour,
        term=lambda episode: _term("kept", episode.kept),
        tip="How much of its text is kept: all, compressed (the share of steps that keep some),"
        " or only what compression kept",
        group=_MEMORY,
        sort=SortColumn.KEPT,
    ),
    Column(
        title="Learned",
        width=66,
        text=learned_text,
        colour=lambda episode: LEARNED[episode.learned].colour,
        term=lambda episode: _term("learned", "yes" if episode.learned else "no"),
        tip="Whether it is learned: every memory of it is part of a topic",
        group=_MEMORY,
        sort=SortColumn.LEARNED,
        largest_first=True,
    ),
    Column(
        title="Last recalled",
        width=125,
        text=lambda episode: (
            list_time(episode.last_recalled_at) if episode.last_recalled_at else "never"
        ),
        tooltip=lambda episode: (
            exact_time(episode.last_recalled_at) if episode.last_recalled_at else ""
        ),
        copied=lambda episode: (
            stamped_time(episode.last_recalled_at) if episode.last_recalled_at else "never"
        ),
        tip="When the episode was last given to an agent that asked",
        shown=False,
        group=_MEMORY,
        sort=SortColumn.RECALLED,
        largest_first=True,
    ),
    Column(
        title="Model",
        width=120,
        text=lambda episode: episode.model or NOTHING,
        tooltip=lambda episode: episode.model,
        term=lambda episode: _term("model", episode.model),
        tip="The language model",
        shown=False,
        group=_PLACE,
        sort=SortColumn.MODEL,
    ),
    Column(
        title="Tags",
        width=110,
        text=lambda episode: ", ".join(episode.tags) or NOTHING,
        tooltip=lambda episode: "\n".join(episode.tags),
        term=lambda episode: _term("tag", episode.tags[0]) if len(episode.tags) == 1 else "",
        tip="The tags that you gave",
        shown=False,
        group=_PLACE,
        sort=SortColumn.TAGS,
    ),
    Column(
        title="Notes",
        width=56,
        text=lambda episode: number(episode.notes) if episode.notes else NOTHING,
        tip="How many notes you wrote on the episode and its steps",
        right=True,
        shown=False,
        group=_PLACE,
        sort=SortColumn.NOTES,
    ),
    Column(
        title="Branch",
        width=110,
        text=lambda episode: episode.branch or NOTHING,
        tooltip=lambda episode: episode.branch,
        tip="The branch of the repository when the session began",
        shown=False,
        group=_PLACE,
        sort=SortColumn.BRANCH,
    ),
    Column(
        title="Folder",
        width=180,
        text=lambda episode: episode.cwd or NOTHING,
        tooltip=lambda episode: episode.cwd,
        tip="The folder that the agent worked in",
        shown=False,
        group=_PLACE,
        sort=SortColumn.FOLDER,
    ),
)
