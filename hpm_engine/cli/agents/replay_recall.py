"""``hpm replay-recall``."""

from __future__ import annotations

from pathlib import Path

import click

from hpm_engine import Help, RecallReplay, ReplayedSession, open_memory
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.table import lines_of, plural
from hpm_engine.cli.console.terminal import clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("episode", "what", "from", "it could have been told")
_WORDS = {
    Help.FILE: "a file it changed",
    Help.COMMAND: "a command that passed",
    Help.FAILURE: "a command that failed again",
}
_CASES = 5  # of a session that are listed


@click.command("replay-recall", short_help=COMMANDS["replay-recall"])
@arguments.store
@click.option("--latest", type=click.IntRange(1), help="Only this many of the latest sessions.")
@arguments.as_json
def command(store: Path, latest: int | None, json_: bool) -> None:
    """Ask past sessions again as they began: would recall have helped?

    Each session is asked with its first prompt, of the sessions of its project that had ended by
    then, within the 1,200 tokens that hpm connect's hook gives. A session counts as helped where
    that names a file that it changed later, a command that passed later, or a command that had
    failed and failed again, and the prompt itself did not. Whether an agent would have made use
    of it, nobody can know. Steps before a file was first named are a bound on what could be
    saved, not an estimate. Nothing is recorded.

    With --json: one line for each session, then one object with the figures.

    Example: hpm replay-recall my.hpm --latest 50
    """
    with working() as job, open_memory(store, read_only=True) as memory:
        replay = memory.replay.run(job, latest)
    if json_:
        for session in replay.sessions:
            write_json(session)
        write_json(
            {
                "sessions": len(replay.sessions),
                "skipped": replay.skipped,
                "helped": replay.helped,
                **{kind.value: replay.share(kind) for kind in Help},
                "saved_steps_at_most": replay.saved_steps,
            }
        )
        return
    rows = [row for session in replay.sessions for row in _rows(session)]
    if rows:
        click.echo("\n".join(lines_of(_HEADS, rows, widest=_HEADS[-1])))
    click.echo(_sum(replay))


def _rows(session: ReplayedSession) -> list[tuple[object, ...]]:
    return [
        (
            session.episode_id,
            _WORDS[case.help],
            ", ".join(map(str, case.from_episodes)),
            clean_line(case.text),
        )
        for case in session.cases[:_CASES]
    ]


def _sum(replay: RecallReplay) -> str:
    asked = len(replay.sessions)
    if not asked:
        return "No session has an earlier one of its project: there is nothing to ask again."
    helped = round(asked * replay.helped)
    steps = sum(session.agent_steps for session in replay.sessions)
    return (
        f"{helped:,} of {plural(asked, 'session')} could have been told something "
        f"({replay.helped:.0%}): {replay.share(Help.FILE):.0%} a file, "
        f"{replay.share(Help.COMMAND):.0%} a command, {replay.share(Help.FAILURE):.0%} a failure. "
        f"At most {replay.saved_steps:,} of {steps:,} steps could have been saved."
    )
