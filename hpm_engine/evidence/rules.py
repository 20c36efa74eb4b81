"""The rules that judge what a line claims by what sessions did: commands, ways, files, names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hpm_engine.evidence.acts import StepAct
from hpm_engine.evidence.claims import Claim
from hpm_engine.evidence.findings import Finding
from hpm_engine.evidence.programs import stand_in
from hpm_engine.evidence.wording import has_term, sentences, takes_back
from hpm_engine.values.note_evidence import NoteVerdict

_BROKEN = re.compile(
    r"command not found|no rule to make target|not recognized|missing script|no longer|deprecated"
    r"|unknown (?:command|option|target|task)|no such (?:command|file|option|target|script)"
    r"|unrecognized (?:arguments|command)|could not (?:find|open)|cannot find|does not exist"
    r"|is not a (?:\w{1,20} )?command|has been removed|invalid (?:command|choice)|not found",
    re.IGNORECASE,
)
_REMOVALS = frozenset(("rm", "mv", "git rm", "git mv"))
_TAKEN_OVER = 2  # runs of another command that make it the usual one
_FAILING = 3  # failures in a row, or in two sessions, that make a command one that fails
_PLACEHOLDER = ("<", "…", "[", "{")


def judge_commands(claim: Claim, acts: Sequence[StepAct], since: int) -> Iterator[Finding]:
    """Each command of a line: its runs, how the last ones ended, and what took over."""
    for command in claim.commands:
        wanted = compared(command)
        runs = [act for act in acts if act.kind == "command" and _is_run(act.words, wanted)]
        good = [act for act in runs if act.worked]
        if claim.forbids:
            if good:
                yield Finding(
                    NoteVerdict.CONTRADICTED, f"“{command}” was run all the same.", (), good
                )
            continue
        yield _command_finding(command, wanted, runs, good, acts, since)


def _command_finding(
    command: str,
    wanted: tuple[str, ...],
    runs: list[StepAct],
    good: list[StepAct],
    acts: Sequence[StepAct],
    since: int,
) -> Finding:
    rivals = [act for act in acts if act.kind == "command" and _is_rival(act, wanted)]
    last = max((act.order for act in good), default=(0, 0, 0))
    tail = [act for act in runs if not act.worked and act.order > last]
    taken = [act for act in rivals if act.worked and act.order > max([last, *map(_order, runs)])]
    back = [act for act in _taken_back(acts, command, wanted) if act.order > last]
    if back:
        return Finding(NoteVerdict.CONTRADICTED, f"“{command}” was taken back.", good, back)
    if len(taken) >= _TAKEN_OVER or (taken and tail and not good):
        other = " ".join(taken[-1].words[:2])
        reason = f"Since then “{other}” is run in its place."
        return Finding(NoteVerdict.CONTRADICTED, reason, good, taken)
    if not runs:
        return Finding(NoteVerdict.NEVER, f"Nothing here ever ran “{command}”.")
    if tail and (not good or _fails(tail)):
        reason = (
            f"“{command}” failed the last {len(tail)} times."
            if len(tail) > 1
            else (f"“{command}” failed the last time.")
        )
        return Finding(NoteVerdict.CONTRADICTED, reason, good, tail)
    scripts = [word for word in command.split() if "/" in word and "." in word.rpartition("/")[2]]
    changed = [
        act
        for act in acts
        if act.order > last and act.at > since and any(_touches(act, path) for path in scripts)
    ]
    if changed:
        reason = "What it runs was changed after it last worked."
        return Finding(NoteVerdict.OUTDATED, reason, good, (), changed)
    times = f"{len(good)} times" if len(good) > 1 else "once"
    return Finding(NoteVerdict.TRUE, f"“{command}” was run and worked {times}.", good)


def compared(command: str) -> tuple[str, ...]:
    """The words of a command by which it is the same as another: see ``_normal``."""
    return _normal(tuple(command.split()))


def _fails(tail: list[StepAct]) -> bool:
    sessions = {act.episode_id for act in tail}
    return (
        any(_BROKEN.search(act.output) for act in tail)
        or len(sessions) > 1
        or len(tail) >= _FAILING
    )


def _order(act: StepAct) -> tuple[int, int, int]:
    return act.order


def _normal(words: tuple[str, ...]) -> tuple[str, ...]:
    """A command as it is compared: without folders before the program, and without ``run``."""
    kept = []
    for index, word in enumerate(words):
        if word.startswith(_PLACEHOLDER):
            break
        if index == 1 and word == "run" and len(words) > 2 and words[0] != "cargo":
            continue
        kept.append(word.strip("\"'"))
    if kept and not kept[0].startswith("./"):
        kept[0] = kept[0].rpartition("/")[2]
    return tuple(kept)


def _is_run(words: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    run = _normal(words)
    if not run or not wanted or run[0] != wanted[0]:
        return False
    return (
        run[: len(wanted)] == wanted
        or (run[1:2] == wanted[1:2] and set(wanted) <= set(run))
        or (len(wanted) == 1)
    )


def _is_rival(act: StepAct, wanted: tuple[str, ...]) -> bool:
    """Whether a command does the same by another program."""
    run = _normal(act.words)
    if not run or not wanted or not stand_in(run[0], wanted[0]):
        return False
    verb = wanted[1:2]
    return bool(verb) and verb[0] in run[1:3]


def _taken_back(acts: Sequence[StepAct], command: str, wanted: tuple[str, ...]) -> list[StepAct]:
    terms = {command, " ".join(wanted[:2])}
    return [
        act
        for act in acts
        if act.kind == "said" and act.by_person and any(_takes_back(act.text, t) for t in terms)
    ]


def _takes_back(text: str, term: str) -> bool:
    return has_term(text, term) and any(takes_back(each, term) for each in sentences(text))


def judge_instead(claim: Claim, acts: Sequence[StepAct], since: int) -> Iterator[Finding]:
    """One way in place of another: which of the two was taken last."""
    for good, bad in claim.instead:
        uses = [act for act in acts if _uses(act, good)]
        others = [act for act in acts if _uses(act, bad) and not _uses(act, good)]
        last = max((act.order for act in uses), default=(0, 0, 0))
        later = [act for act in others if act.order > last]
        back = [
            act
            for act in acts
            if act.kind == "said"
            and act.by_person
            and act.order > last
            and act.at > since
            and _takes_back(act.text, good)
        ]
        if later or back:
            reason = f"After it “{bad}” was used." if uses else f"Only “{bad}” was used."
            yield Finding(NoteVerdict.CONTRADICTED, reason, uses, later or back)
        elif uses:
            yield Finding(NoteVerdict.TRUE, f"“{good}” was used, and “{bad}” not after it.", uses)
        else:
            yield Finding(NoteVerdict.NEVER, f"Nothing here used “{good}” or “{bad}”.")


def _uses(act: StepAct, term: str) -> bool:
    """Whether an act does something by what a term names; to look at it is no use."""
    if act.kind == "said" or act.looks or not act.worked:
        return False
    if act.kind == "command":
        words = _normal(act.words)
        wanted = _normal(tuple(term.split()))
        return words[: len(wanted)] == wanted or (
            len(wanted) == 1 and (wanted[0] in words[:4] or has_term(act.text, term))
        )
    return has_term(act.text, term)


def judge_paths(claim: Claim, acts: Sequence[StepAct], since: int) -> Iterator[Finding]:
    """Files and folders: whether they were met, changed since, moved or deleted."""
    for path in claim.paths:
        changes = [act for act in acts if act.kind == "change" and _touches(act, path)]
        if claim.forbids:
            broken = [act for act in changes if act.worked]
            if broken:
                reason = f"{path} was changed all the same."
                yield Finding(NoteVerdict.CONTRADICTED, reason, (), broken)
            continue
        removed = [act for act in acts if _removes(act, path)]
        met = [act for act in acts if _meets(act, path)]
        later = [act for act in changes if act.at > since and act.worked]
        gone = [
            act
            for act in removed
            if act.order > max((each.order for each in met), default=(0, 0, 0)) or act.at > since
        ]
        missing = [act for act in acts if _misses(act, path)]
        if gone:
            reason = f"{path} was moved or deleted."
            yield Finding(NoteVerdict.OUTDATED, reason, met, (), gone)
        elif later:
            times = "once" if len(later) == 1 else f"{len(later)} times"
            reason = f"{path} was changed {times} since this was written."
            yield Finding(NoteVerdict.OUTDATED, reason, met, (), later)
        elif met or changes:
            yield Finding(NoteVerdict.TRUE, f"{path} was there.", [*met, *changes])
        elif missing:
            yield Finding(NoteVerdict.CONTRADICTED, f"{path} was not there.", (), missing)
        else:
            yield Finding(NoteVerdict.NEVER, f"Nothing here ever met {path}.")


def _touches(act: StepAct, path: str) -> bool:
    if act.kind != "change":
        return False
    changed, wanted = act.path.strip("/"), path.removeprefix("./").strip("/")
    if path.endswith("/"):
        return f"/{wanted}/" in f"/{changed}"
    return changed == wanted or changed.endswith(f"/{wanted}") or wanted.endswith(f"/{changed}")


def _removes(act: StepAct, path: str) -> bool:
    if act.kind != "command" or not act.worked:
        return False
    verb = " ".join(act.words[:2]) if act.words[:1] == ("git",) else "".join(act.words[:1])
    if verb not in _REMOVALS:
        return False
    words = [word.strip("\"'").removeprefix("./") for word in act.words]
    source = words[:-1] if verb.endswith("mv") else words
    return any(_is_path(word, path) for word in source)


def _meets(act: StepAct, path: str) -> bool:
    if not act.worked or _removes(act, path):
        return False
    if act.kind == "call":
        return _names_path(act.text, path)
    if act.kind == "command":
        return _names_path(act.text, path) or _names_path(act.output, path)
    return False


def _misses(act: StepAct, path: str) -> bool:
    return (
        act.kind in ("call", "command")
        and not act.worked
        and _names_path(act.text, path)
        and _BROKEN.search(act.output) is not None
    )


def _names_path(text: str, path: str) -> bool:
    wanted = path.removeprefix("./")
    return has_term(text, wanted) if not path.endswith("/") else wanted in text


def _is_path(word: str, path: str) -> bool:
    wanted = path.removeprefix("./").rstrip("/")
    return word.rstrip("/") == wanted or word.endswith(f"/{wanted}")


def judge_names(claim: Claim, acts: Sequence[StepAct], since: int) -> Iterator[Finding]:
    """Names of code: whether sessions met them, and whether somebody took them back."""
    for name in claim.names:
        term = name
        met = [act for act in acts if act.kind != "said" and act.worked and _holds(act, term)]
        back = [
            act
            for act in acts
            if act.kind == "said" and act.at > since and _takes_back(act.text, term)
        ]
        if back and max(act.order for act in back) > max(map(_order, met), default=(0, 0, 0)):
            yield Finding(NoteVerdict.CONTRADICTED, f"“{term}” was taken back.", met, back)
        elif met:
            yield Finding(NoteVerdict.TRUE, f"Sessions met “{term}”.", met)
        else:
            yield Finding(NoteVerdict.NEVER, f"Nothing here ever met “{term}”.")


def _holds(act: StepAct, term: str) -> bool:
    return has_term(act.text, term) or has_term(act.output, term)
