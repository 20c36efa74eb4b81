"""``hpm notes``."""

from __future__ import annotations

from pathlib import Path

import click
from click.core import ParameterSource
from msgspec import structs

from hpm_engine import (
    Memory,
    MemoryNote,
    MemoryNoteQuery,
    NoteAuthor,
    ProposalState,
    open_memory,
)
from hpm_engine.cli.console import arguments
from hpm_engine.cli.console.progress import working
from hpm_engine.cli.console.proposals import VERBS, act, list_proposals
from hpm_engine.cli.console.table import lines_of, moment, plural
from hpm_engine.cli.console.terminal import clean, clean_line, write_json
from hpm_engine.cli.root import COMMANDS

_HEADS = ("note", "memory", "written by", "type", "for", "changed", "versions", "", "name")


@click.command("notes", short_help=COMMANDS["notes"])
@arguments.store
@click.argument("words", nargs=-1, metavar=f"[NOTE | {'|'.join(VERBS)} PROPOSAL...]")
@click.option("--find", default="", metavar="QUERY", help="Only notes that this search finds.")
@click.option("--memory", "stores", multiple=True, metavar="KIND", help="Only this kind of memory.")
@click.option("--agent", "agents", multiple=True, help="Only notes of this agent.")
@click.option(
    "--author",
    "authors",
    multiple=True,
    type=click.Choice([author.value for author in NoteAuthor]),
    help="Only what agents noted for themselves, or what people instruct them.",
)
@click.option("--scope", default="", help="Only notes for folders or projects with this in them.")
@click.option("--gone", is_flag=True, help="Only notes that are no longer where they were.")
@click.option("--versions", is_flag=True, help="List the versions of NOTE.")
@click.option("--version", "number", type=int, help="Show this version of NOTE, not the last.")
@click.option("--diff", metavar="A:B", help="Show what changed in NOTE from version A to B.")
@click.option(
    "--okf",
    type=click.Path(path_type=Path),
    metavar="FOLDER",
    help="Write the notes as a new folder in the Open Knowledge Format.",
)
@click.option("--evidence", is_flag=True, help="Say what sessions show of each line of NOTE.")
@click.option("--waiting", is_flag=True, help="List what agents proposed and nobody decided on.")
@click.option(
    "--everywhere", is_flag=True, help="With accept or edit: for every project, not only its own."
)
@click.option("--refused", is_flag=True, help="List what agents proposed and a person refused.")
@arguments.as_json
def command(
    store: Path,
    words: tuple[str, ...],
    find: str,
    stores: tuple[str, ...],
    agents: tuple[str, ...],
    authors: tuple[str, ...],
    scope: str,
    gone: bool,
    versions: bool,
    number: int | None,
    diff: str | None,
    okf: Path | None,
    evidence: bool,
    waiting: bool,
    refused: bool,
    everywhere: bool,
    json_: bool,
) -> None:
    """List or show the notes of agents' memories, and people's instructions for agents.

    Without NOTE all notes are listed; with its number one is shown with its text, the sessions
    that it names and what it links to. Import keeps every version that it meets, also of notes
    that are gone from where they were. What a person writes on an episode is hpm note.

    QUERY is in the language of hpm episodes: words that a note must hold, "a phrase", begin*,
    -excluded, or, parentheses, and the fields title:, project:, agent:, after: and before: (when a
    note was last written). Its last word may be the beginning of one, unless in quotes.

    --evidence looks at what the sessions of the note's folder did. A line is true where steps bear
    it out and nothing later says otherwise; contradicted where a command fails since, or another
    way or value took over; outdated where files that it names changed since; or never done. No
    model is asked: it is what commands, results, files and words of sessions show.

    What an agent proposes waits for a person (--waiting): nobody is given it before. accept makes
    it a note of the kind "accepted", which recall puts before what it finds, for agents in the
    project where it was proposed (--everywhere: in all); edit PROPOSAL TEXT
    accepts TEXT in its place; refuse keeps it, so that the same is not asked about again, and
    takes back what was accepted. review shows a proposal with the steps before it and what is
    near it. Lines with ! say what to look at twice: they do not say that it is bad.

    --okf writes all notes, or those that the list would have, as Markdown files with an index; it
    is a row of the audit log.

    With --json: one line for each note, version, line or proposal; for --diff, --okf and review
    one object.

    Example: hpm notes my.hpm --author agent --find "make test"
    """
    asked = waiting or refused or bool(words and words[0] in VERBS)
    if asked:
        context = click.get_current_context()
        _only_proposals(context, waiting + refused + bool(words))
        if words:
            act(store, words[0], words[1:], json_, everywhere)
        elif everywhere:
            raise click.UsageError("--everywhere is for accept and edit.")
        else:
            state = ProposalState.WAITING if waiting else ProposalState.REFUSED
            list_proposals(store, state, json_)
        return
    if everywhere:
        raise click.UsageError("--everywhere is for accept and edit.")
    note = _note(words)
    narrowed = bool(find or stores or agents or authors or scope or gone)
    if note is None and (versions or evidence or number is not None or diff is not None):
        raise click.UsageError("Name the note by its number; hpm notes lists them.")
    if note is not None and narrowed:
        raise click.UsageError("NOTE stands alone: leave what narrows the list out.")
    if versions + evidence + (number is not None) + (diff is not None) > 1:
        raise click.UsageError("Choose one of --versions, --version, --diff and --evidence.")
    if okf is not None and note is not None:
        raise click.UsageError("--okf writes notes of the list: leave NOTE out.")
    people = tuple(NoteAuthor(author) for author in authors)
    query = MemoryNoteQuery(find, stores, agents, people, scope, gone or None)
    if okf is not None:
        _export(store, okf, query, json_)
        return
    with open_memory(store, read_only=True) as memory:
        if note is None:
            _list(memory.memory_notes.find(query), json_)
        elif diff is not None:
            _diff(memory, note, diff, json_)
        elif evidence:
            _evidence(memory, note, json_)
        elif versions:
            _versions(memory, note, json_)
        else:
            _show(memory, note, number, json_)


def _note(words: tuple[str, ...]) -> int | None:
    """The number of a note; None without one. Raises ``UsageError``."""
    if not words:
        return None
    if len(words) > 1 or not (words[0].isascii() and words[0].isdecimal() and len(words[0]) < 19):
        raise click.UsageError(
            f"NOTE is one number, and hpm notes lists them; or one of {', '.join(VERBS)}."
        )
    return int(words[0])


def _only_proposals(context: click.Context, asked: int) -> None:
    """Raise ``UsageError`` where something is asked of proposals that is asked of notes."""
    if asked > 1:
        raise click.UsageError(f"Choose one of --waiting, --refused, {', '.join(VERBS)}.")
    own = {"store", "words", "waiting", "refused", "everywhere", "json_"}
    given = context.get_parameter_source
    others = [
        name
        for name in context.params
        if name not in own and given(name) is not ParameterSource.DEFAULT
    ]
    if others:
        raise click.UsageError("What agents proposed takes no option but --everywhere and --json.")


def _export(store: Path, okf: Path, query: MemoryNoteQuery, json_: bool) -> None:
    with open_memory(store, actor="hpm notes") as memory:
        exported = memory.memory_notes.export_okf(okf, query)
    if json_:
        write_json(exported)
    else:
        click.echo(f"{plural(exported.notes, 'note')} written to {clean_line(str(okf))}.")


def _list(notes: list[MemoryNote], json_: bool) -> None:
    if json_:
        for note in notes:
            write_json(note)
        return
    rows = [
        (
            note.id,
            note.store,
            note.author.value,
            note.type,
            note.scope,
            moment(note.changed_at),
            note.versions,
            "gone" if note.gone_at is not None else "",
            note.called,
        )
        for note in notes
    ]
    click.echo("\n".join(lines_of(_HEADS, rows, widest="name") if rows else ["No notes."]))


def _show(memory: Memory, note_id: int, number: int | None, json_: bool) -> None:
    detail = memory.memory_notes.detail(note_id)
    note, text = detail.note, detail.text
    if number is not None:
        text = memory.memory_notes.version(note_id, number).text
    if json_:
        linked = {
            "sessions": [structs.asdict(session) for session in detail.sessions],
            "links": [structs.asdict(link) for link in detail.links],
        }
        write_json(structs.asdict(note) | {"text": text} | linked)
        return
    click.echo(clean_line(f"note {note.id}: {note.called}"))
    for name, value in (
        ("memory", ", ".join(filter(None, (note.store, note.agent)))),
        ("written by", note.author.value),
        ("type", note.type),
        ("for", note.scope),
        ("file", note.path),
        ("changed", moment(note.changed_at)),
        ("versions", str(note.versions)),
        ("gone since", moment(note.gone_at)),
    ):
        if value:
            click.echo(f"  {name}: {clean_line(value)}")
    for session in detail.sessions:
        held = f"episode {session.episode_id}: {session.title}" if session.episode_id else ""
        click.echo(f"  session: {clean_line(held or f'{session.key} (not in this store)')}")
    for link in detail.links:
        led = f"note {link.note_id}" if link.note_id else "no note of this store"
        click.echo(f"  link: {clean_line(link.target)} ({led})")
    click.echo(f"\n{clean(text)}".rstrip("\n"))


def _versions(memory: Memory, note_id: int, json_: bool) -> None:
    versions = memory.memory_notes.versions(note_id)
    if json_:
        for version in versions:
            write_json(version)
        return
    rows = [
        (
            version.number,
            moment(version.written_at),
            moment(version.seen_at),
            plural(len(version.text), "character"),
        )
        for version in versions
    ]
    click.echo("\n".join(lines_of(("version", "written", "first imported", "size"), rows)))


def _diff(memory: Memory, note_id: int, diff: str, json_: bool) -> None:
    first, colon, last = diff.partition(":")
    if not (colon and first.isdecimal() and last.isdecimal() and len(diff) < 20):
        raise click.BadParameter("it is not of the form A:B, for example 1:2.", param_hint="--diff")
    earlier, later = int(first), int(last)
    lines = memory.memory_notes.difference(note_id, earlier, later)
    if json_:
        write_json({"note": note_id, "earlier": earlier, "later": later, "lines": lines})
    else:
        click.echo("\n".join(clean(line) for line in lines) or "Both say the same.")


def _evidence(memory: Memory, note_id: int, json_: bool) -> None:
    with working() as job:
        lines = memory.memory_notes.evidence(note_id, job)
    for line in lines:
        if json_:
            write_json(line)
            continue
        click.echo(f"{line.line}: {clean_line(line.text)}")
        click.echo(f"    {line.verdict.upper()}: {clean_line(line.reason)}")
        for step in line.steps:
            place = f"episode {step.episode_id}, step {step.seq + 1:,}"
            at = moment(step.at)
            said = clean_line(step.text)
            click.echo(f"      {step.bearing}: {place}{f', {at}' if at else ''}: {said}")
    if not lines and not json_:
        click.echo("No line of it says anything.")
