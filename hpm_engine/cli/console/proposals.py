"""``hpm notes STORE review|accept|edit|refuse``: what agents proposed, and what a person says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
from msgspec import structs

from hpm_engine import (
    Memory,
    Proposal,
    ProposalReview,
    ProposalState,
    WarningSign,
    action_line,
    open_memory,
    visible,
)
from hpm_engine.cli.console.table import moment, plural
from hpm_engine.cli.console.terminal import clean_line, write_json

VERBS = ("review", "accept", "edit", "refuse")


def list_proposals(store: Path, state: ProposalState, json_: bool) -> None:
    """Print the proposals in a state, the latest first."""
    with open_memory(store, read_only=True) as memory:
        count = memory.proposals.count([state])
        proposals = memory.proposals.page([state], 0, count)
        signs = memory.proposals.signs(proposals)
    if json_:
        for proposal, of_it in zip(proposals, signs, strict=True):
            write_json(_fields(proposal, of_it))
        return
    blocks = [_block(*each) for each in zip(proposals, signs, strict=True)]
    does = "wait" if state is ProposalState.WAITING else "were refused"
    did = does if count != 1 else {"wait": "waits"}.get(does, "was refused")
    blocks.append(f"{plural(count, 'proposal')} {did}" if count else f"No proposals {does}.")
    click.echo("\n\n".join(blocks))


def act(store: Path, verb: str, words: Sequence[str], json_: bool, everywhere: bool) -> None:
    """Do what the verb says; raises ``UsageError`` for words that do not fit."""
    if not words:
        raise click.UsageError(f"{verb} needs the number of a proposal; --waiting lists them.")
    if everywhere and verb not in ("accept", "edit"):
        raise click.UsageError("--everywhere is for accept and edit.")
    ids = [_number(word) for word in (words[:1] if verb in ("edit", "review") else words)]
    if verb == "review":
        if len(words) > 1:
            raise click.UsageError("review takes one proposal.")
        _review(store, ids[0], json_)
        return
    text = " ".join(words[1:]) if verb == "edit" else ""
    if verb == "edit" and not text.strip():
        raise click.UsageError("edit needs TEXT, which is accepted in place of the agent's.")
    with open_memory(store, actor="hpm notes") as memory:
        for proposal_id in ids:  # before any is decided on
            memory.proposals.get(proposal_id)
        for proposal_id in ids:
            changed = _decide(memory, verb, proposal_id, text, everywhere)
            _tell(memory.proposals.get(proposal_id), changed, json_)


def _decide(memory: Memory, verb: str, proposal_id: int, text: str, everywhere: bool) -> bool:
    if verb == "accept":
        edit = memory.proposals.accept(proposal_id, everywhere=everywhere)
    elif verb == "edit":
        edit = memory.proposals.edit_and_accept(proposal_id, text, everywhere=everywhere)
    else:
        edit = memory.proposals.refuse(proposal_id)
    return bool(edit.changed)


def _tell(proposal: Proposal, changed: bool, json_: bool) -> None:
    if json_:
        facts = {"proposal": proposal.id, "changed": changed, "state": proposal.state}
        write_json(facts | {"note": proposal.note_id, "everywhere": proposal.everywhere})
        return
    note = f" as note {proposal.note_id}" if proposal.note_id is not None else ""
    where = ""
    if proposal.note_id is not None:
        project = "every project" if proposal.everywhere else clean_line(proposal.project)
        where = f", for {project}"
    already = "" if changed else "already "
    click.echo(f"Proposal {proposal.id} is {already}{proposal.state}{note}{where}.")


def _number(word: str) -> int:
    if not (word.isascii() and word.isdecimal() and len(word) < 19):
        raise click.BadParameter(f"{word!r} is no number of a proposal; --waiting lists them.")
    return int(word)


def _fields(proposal: Proposal, signs: Sequence[WarningSign]) -> dict[str, object]:
    listed = [{"kind": sign.kind, "sample": sign.sample} for sign in signs]
    return structs.asdict(proposal) | {"signs": listed}


def _block(proposal: Proposal, signs: Sequence[WarningSign]) -> str:
    facts = [f"proposed {moment(proposal.proposed_at)}"]
    facts += [f"by {proposal.agent}"] if proposal.agent else []
    facts.append(f"for {proposal.project}" if proposal.project else "for every project")
    facts += [f"session {proposal.session}"] if proposal.session else []
    lines = [f"proposal {proposal.id}: {clean_line(', '.join(facts))}"]
    lines += [f"  ! {sign.kind}: {sign.sample}" for sign in signs]
    lines += _shown(proposal.text)
    if proposal.because:
        lines += ["  because", *_shown(proposal.because)]
    if proposal.decided_by:
        by = clean_line(proposal.decided_by)
        lines.append(f"  {proposal.state} by {by}, {moment(proposal.decided_at)}")
    return "\n".join(lines)


def _shown(text: str) -> list[str]:
    """Lines of a text that is no part of this program's words, all that is in it spelled out."""
    return [f"  | {line}" for line in visible(text, lines=True).split("\n")]


def _review(store: Path, proposal_id: int, json_: bool) -> None:
    with open_memory(store, read_only=True) as memory:
        review = memory.proposals.review(proposal_id)
    if json_:
        steps = [
            {"episode": step.episode_id, "step": step.seq + 1, "text": action_line(step)}
            for step in review.steps
        ]
        rest = {"episode_id": review.episode_id, "steps": steps, "near": list(review.near)}
        write_json(_fields(review.proposal, review.signs) | rest)
        return
    click.echo("\n".join([_block(review.proposal, review.signs), *_surroundings(review)]))


def _surroundings(review: ProposalReview) -> list[str]:
    lines = []
    if review.episode_id is not None:
        lines.append(f"  in episode {review.episode_id}: {clean_line(review.episode)}")
    for step in review.steps:
        lines.append(f"    step {step.seq + 1:,}: {clean_line(action_line(step))[:160]}")
    if review.near:
        lines.append("  says something near it")
    for near in review.near:
        number = near.note_id if near.note_id is not None else near.proposal_id
        kind = "note" if near.note_id is not None else "proposal"
        likeness = "" if near.likeness is None else f", {near.likeness:.0%} alike"
        accepted = ", accepted" if near.accepted else ""
        called = f": {clean_line(near.called)}" if near.note_id is not None else ""
        lines.append(f"    {kind} {number}{accepted}{likeness}{called}")
        lines.append(f"      | {clean_line(near.excerpt)}")
    return lines
