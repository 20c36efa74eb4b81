from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from hpm_engine import errors
from hpm_engine.config import (
    PROPOSAL_CHARACTERS,
    PROPOSAL_REASON_CHARACTERS,
    WAITING_PROPOSALS,
    WAITING_PROPOSALS_OF_SESSION,
)
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.values.proposals import ProposalState, ProposeOutcome
from hpm_engine.values.reports import AuditRow, Changed
from tests.support.store_statements import WITHOUT_PROPOSALS, change

WAITING, ACCEPTED, REFUSED, WITHDRAWN = ProposalState
SECRET = "The staging password is hunter2"


def proposed(memory: Memory, text: str = SECRET, session: str = "s1", project: str = "api") -> int:
    answer = memory.proposals.propose(
        text, "it failed twice", agent="claude-code", session=session, project=project
    )
    assert answer.outcome is ProposeOutcome.HELD and answer.proposal
    return answer.proposal.id


def rows(memory: Memory) -> list[AuditRow]:
    return memory.audit.page(limit=10_000)


def stands(memory: Memory, proposal_id: int) -> tuple[ProposalState, str]:
    proposal = memory.proposals.get(proposal_id)
    return proposal.state, proposal.accepted


def test_a_proposal_is_held_with_who_proposed_it_and_why(memory: Memory) -> None:
    answer = memory.proposals.propose(
        "  Run make gen\nfirst ", "  tests fail ", agent="codex", session="s1", project="api"
    )
    assert answer.outcome is ProposeOutcome.HELD
    assert answer.sentence == "held as proposal 1 until a person accepts it"
    assert answer.changed == Changed.NOTES | Changed.AUDIT
    [proposal] = memory.proposals.page()
    assert proposal == answer.proposal
    assert (proposal.agent, proposal.session, proposal.project) == ("codex", "s1", "api")
    assert (proposal.text, proposal.because) == ("Run make gen\nfirst", "tests fail")
    assert (proposal.state, proposal.accepted, proposal.decided_at) == (WAITING, "", None)
    assert [(row.action, row.actor) for row in rows(memory)][-1] == ("propose", "codex")


def test_the_same_text_is_held_once_for_a_project_whatever_was_said_to_it(memory: Memory) -> None:
    held = proposed(memory, "use  pnpm\n here")
    again = memory.proposals.propose(" use pnpm here", agent="other", project="api")
    assert (again.outcome, again.changed) == (ProposeOutcome.KNOWN, Changed.NOTHING)
    assert again.sentence == "already held as proposal 1 until a person accepts it"
    assert proposed(memory, "use pnpm here", project="web") != held
    memory.proposals.refuse(held)
    again = memory.proposals.propose("use pnpm here", project="api")
    assert again.sentence == "already refused by a person, as proposal 1"
    assert stands(memory, held) == (REFUSED, "")
    memory.proposals.accept(held)
    again = memory.proposals.propose("use pnpm here", project="api")
    assert again.sentence == "already accepted by a person, as proposal 1"
    assert memory.proposals.count() == 2


def test_what_was_withdrawn_may_be_proposed_again(memory: Memory) -> None:
    held = proposed(memory)
    edit = memory.proposals.withdraw(held, agent="claude-code")
    assert edit.changed and stands(memory, held) == (WITHDRAWN, "")
    assert rows(memory)[-1].actor == "claude-code"
    assert not memory.proposals.withdraw(held).changed
    assert proposed(memory, session="s2") == held
    assert memory.proposals.get(held).session == "s2"
    assert stands(memory, held) == (WAITING, "")
    memory.marks.undo(edit)  # it waits since: nobody's undo takes that back
    assert stands(memory, held) == (WAITING, "")
    memory.proposals.accept(held)
    with pytest.raises(errors.BadQuery, match="accepted already; only a person"):
        memory.proposals.withdraw(held)


def test_decisions_are_undone_and_redone(memory: Memory) -> None:
    held = proposed(memory)
    accepted = memory.proposals.accept(held)
    assert stands(memory, held) == (ACCEPTED, SECRET)
    assert memory.proposals.get(held).decided_by == "person"
    edited = memory.proposals.edit_and_accept(held, "shorter ")
    assert stands(memory, held) == (ACCEPTED, "shorter")
    assert memory.proposals.get(held).text == SECRET
    assert memory.proposals.get(held).edited
    refused = memory.proposals.refuse(held)
    assert not memory.marks.undo(edited).changed  # decided anew since: stays
    assert stands(memory, held) == (REFUSED, "")
    again = memory.marks.undo(refused)
    assert stands(memory, held) == (ACCEPTED, "shorter")
    memory.marks.undo(again)
    assert stands(memory, held) == (REFUSED, "")
    memory.marks.undo(refused)
    memory.marks.undo(edited)
    assert stands(memory, held) == (ACCEPTED, SECRET)
    memory.marks.undo(accepted)
    assert stands(memory, held) == (WAITING, "")
    assert memory.proposals.get(held).decided_at is None


def test_deciding_the_same_again_changes_nothing(memory: Memory) -> None:
    held = proposed(memory)
    for decide in (memory.proposals.accept, memory.proposals.refuse):
        assert decide(held).changed
        before = len(rows(memory))
        edit = decide(held)
        assert not edit.changed and not memory.marks.undo(edit).changed
        assert len(rows(memory)) == before


def test_each_act_has_a_row_of_digests_and_the_chain_holds(memory: Memory) -> None:
    held = proposed(memory)
    memory.marks.undo(memory.proposals.accept(held))
    memory.proposals.edit_and_accept(held, "another secret")
    memory.proposals.refuse(held)
    log = [row for row in rows(memory) if row.subject == f"proposal:{held}"]
    assert [row.action for row in log] == [
        *("propose", "accept proposal", "undo", "accept proposal", "refuse proposal")
    ]
    assert log[0].before == "" and all(row.after for row in log)
    assert [row.before for row in log[1:]] == [row.after for row in log[:-1]]
    assert log[2].after == log[0].after != log[1].after
    told = "".join(f"{row}" for row in log)
    assert "hunter2" not in told and "another secret" not in told and "twice" not in told
    assert memory.audit.verify().broken_at is None


def test_digests_of_the_log_do_not_give_short_texts_away(tmp_path: Path) -> None:
    digests = set()
    for name in ("a.hpm", "b.hpm"):
        with open_memory(tmp_path / name, create=True) as memory:
            proposed(memory)
            digests.add(rows(memory)[-1].after)
    assert len(digests) == 2


def test_a_session_and_a_store_hold_so_many(memory: Memory) -> None:
    of_session = WAITING_PROPOSALS_OF_SESSION.value
    ids = [proposed(memory, f"text {number}") for number in range(of_session)]
    before = len(rows(memory))
    full = memory.proposals.propose("text more", session="s1", agent="another", project="web")
    assert (full.outcome, full.proposal) == (ProposeOutcome.FULL, None)
    assert full.sentence == f"refused: {of_session} notes of this session wait for a person"
    assert full.changed == Changed.NOTHING and len(rows(memory)) == before
    same = memory.proposals.propose("text 0", session="s1", project="api")
    assert same.outcome is ProposeOutcome.KNOWN
    proposed(memory, "of another session", session="s2")
    memory.proposals.refuse(ids[0])
    proposed(memory, "room again")
    for number in range(WAITING_PROPOSALS.value - memory.proposals.count([WAITING])):
        proposed(memory, f"filling {number}", session=f"f{number}")
    full = memory.proposals.propose("the last", session="fresh")
    assert full.outcome is ProposeOutcome.FULL
    assert full.sentence == f"refused: {WAITING_PROPOSALS.value} notes wait for a person"


def test_agents_that_name_no_session_do_not_take_each_others_room(memory: Memory) -> None:
    for number in range(WAITING_PROPOSALS_OF_SESSION.value):
        memory.proposals.propose(f"text {number}", agent="a")
    assert memory.proposals.propose("more", agent="a").outcome is ProposeOutcome.FULL
    assert memory.proposals.propose("more", agent="b").outcome is ProposeOutcome.HELD


def test_empty_and_overlong_texts_are_refused(memory: Memory) -> None:
    most, reason = PROPOSAL_CHARACTERS.value, PROPOSAL_REASON_CHARACTERS.value
    assert (most, reason) == (2_000, 500)
    with pytest.raises(errors.BadQuery, match="has no text"):
        memory.proposals.propose(" \n")
    with pytest.raises(errors.BadQuery, match=r"2,000 characters at most; this has 2,001"):
        memory.proposals.propose("x" * (most + 1))
    with pytest.raises(errors.BadQuery, match="reason of a proposal has 500"):
        memory.proposals.propose("x", "y" * (reason + 1))
    held = proposed(memory, "x" * most)
    with pytest.raises(errors.BadQuery, match="Refuse the proposal instead"):
        memory.proposals.edit_and_accept(held, "  ")
    with pytest.raises(errors.BadQuery, match="2,000"):
        memory.proposals.edit_and_accept(held, "x" * (most + 1))
    with pytest.raises(errors.NotFound, match="no proposal 99"):
        memory.proposals.accept(99)
    assert stands(memory, held) == (WAITING, "") and memory.proposals.count() == 1


def test_texts_that_no_file_holds_are_held(memory: Memory) -> None:
    answer = memory.proposals.propose("a\0b \ud800", agent="c\0", session="\udfff")
    assert answer.proposal is not None
    assert memory.proposals.get(1).text == "a\ufffdb \ufffd"
    assert memory.audit.verify().broken_at is None


def test_pages_are_of_states_the_latest_first(memory: Memory) -> None:
    first, second, third = (proposed(memory, text) for text in ("a", "b", "c"))
    memory.proposals.refuse(second)
    assert [each.id for each in memory.proposals.page()] == [third, second, first]
    assert [each.id for each in memory.proposals.page([WAITING])] == [third, first]
    assert [each.id for each in memory.proposals.page([WAITING], 1, 5)] == [first]
    assert memory.proposals.count([WAITING, REFUSED]) == 3
    assert memory.proposals.count([ACCEPTED]) == 0


def test_a_store_opened_for_reading_takes_none(tmp_path: Path) -> None:
    path = tmp_path / "s.hpm"
    with open_memory(path, create=True) as memory:
        proposed(memory)
    with open_memory(path, read_only=True) as memory:
        for act in (
            lambda: memory.proposals.propose("more"),
            lambda: memory.proposals.accept(1),
            lambda: memory.proposals.refuse(1),
        ):
            with pytest.raises(errors.ReadOnlyStore, match="opened for reading only"):
                act()
        assert memory.proposals.count([WAITING]) == 1


def test_an_older_store_gets_its_table(tmp_path: Path) -> None:
    path = tmp_path / "s.hpm"
    open_memory(path, create=True).close()
    change(path, *WITHOUT_PROPOSALS, "PRAGMA user_version = 23")
    with open_memory(path) as memory:
        assert "m024_proposals" in rows(memory)[-1].detail
        assert proposed(memory) == 1


def test_a_state_that_nobody_wrote_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "s.hpm"
    with open_memory(path, create=True) as memory:
        proposed(memory)
    with pytest.raises(load_driver().IntegrityError):
        change(path, "UPDATE proposals SET state = 'forged'")


def test_what_was_answered_outlasts_the_process(tmp_path: Path) -> None:
    path = tmp_path / "s.hpm"
    open_memory(path, create=True).close()
    code = f"""
import os, signal
from hpm_engine import open_memory
memory = open_memory({str(path)!r})
for number in range(10):
    print(memory.proposals.propose(f"text {{number}}", session="s").sentence, flush=True)
memory.proposals.accept(3)
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert ended.returncode == -signal.SIGKILL and ended.stdout.count(b"held as") == 10
    with open_memory(path) as memory:
        assert memory.proposals.count([WAITING]) == 9
        assert stands(memory, 3) == (ACCEPTED, "text 2")
        assert memory.audit.verify().broken_at is None


def test_two_processes_hold_the_same_once(tmp_path: Path) -> None:
    path = tmp_path / "s.hpm"
    open_memory(path, create=True).close()
    code = f"""
from hpm_engine import open_memory
with open_memory({str(path)!r}) as memory:
    for number in range(15):
        print(memory.proposals.propose(f"text {{number}}", session="s").outcome)
"""
    both = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, env=os.environ)
        for _ in range(2)
    ]
    outcomes = [line for each in both for line in each.communicate()[0].decode().split()]
    assert sorted(outcomes) == ["held"] * 15 + ["known"] * 15
    with open_memory(path) as memory:
        assert memory.proposals.count() == 15 and memory.audit.verify().broken_at is None


def test_the_manual_says_how_many_wait() -> None:
    page = Path(__file__).parents[4] / "resources" / "manual" / "notes.md"
    text = " ".join(page.read_text("utf-8").split())
    assert (
        f"{WAITING_PROPOSALS_OF_SESSION.value} proposals of one session and"
        f" {WAITING_PROPOSALS.value} of a store can wait, each of"
        f" {PROPOSAL_CHARACTERS.value:,} characters at most"
    ) in text
