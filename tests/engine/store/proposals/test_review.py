"""What a person is shown beside a proposal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import structs

from hpm_engine import errors
from hpm_engine.memory import Memory, open_memory
from hpm_engine.values.episodes import Part, PartKind
from hpm_engine.words.warning_signs import SignKind
from tests.support.shop import add, asked
from tests.support.written_episodes import step, write

TEXT = "The discount of the basket is worked out before its currency"
RULES = "# Rules\n\nUse tabs.\n\nWork out a basket's discount before the currency is changed.\n"


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Memory]:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        yield memory


def propose(memory: Memory, text: str = TEXT, session: str = "", because: str = "") -> int:
    answer = memory.proposals.propose(text, because, agent="codex", session=session)
    assert answer.proposal is not None
    return answer.proposal.id


def test_the_steps_before_it_are_those_of_its_session_up_to_then(memory: Memory) -> None:
    call = Part(PartKind.CALL, "{}", "mcp__hpm__propose_note", "c")
    steps = [step(number) for number in range(1, 6)]
    steps.append(structs.replace(step(6), parts=(call,)))
    late = 4_000_000_000_000_000  # the year 2096
    steps.append(structs.replace(step(7), at=late))
    write(memory, steps, key="s1", title="Mend the basket")
    write(memory, [step(1)], key="s2")
    review = memory.proposals.review(propose(memory, session="s1"))
    assert (review.episode_id, review.episode) == (1, "Mend the basket")
    assert [each.seq for each in review.steps] == [2, 3, 4]
    assert {each.episode_id for each in review.steps} == {1}


def test_a_session_that_the_store_lacks_has_no_steps(memory: Memory) -> None:
    write(memory, [step(1)], key="s1")
    for session in ("", "elsewhere"):
        review = memory.proposals.review(propose(memory, f"text {session}", session))
        assert (review.episode_id, review.episode, review.steps) == (None, "", ())
    with pytest.raises(errors.NotFound, match="no proposal 9"):
        memory.proposals.review(9)


def test_steps_without_a_time_are_not_taken_for_those_before(memory: Memory) -> None:
    write(memory, [structs.replace(step(1), at=None)], key="s1")
    review = memory.proposals.review(propose(memory, session="s1"))
    assert (review.episode_id, review.steps) == (1, ())


def test_a_sign_shows_only_what_stands_in_its_field(memory: Memory) -> None:
    number = memory.proposals.propose("Cents \u202e only", agent="codex", project="kelpie").proposal
    assert number is not None
    (sign,) = memory.proposals.review(number.id).signs
    assert (sign.kind, sign.sample[-4:]) == (SignKind.INVISIBLE, "only")


def test_signs_are_looked_for_in_all_that_an_agent_wrote(memory: Memory) -> None:
    review = memory.proposals.review(propose(memory, because="you must ssh there"))
    assert {sign.kind for sign in review.signs} == {SignKind.COMMANDS, SignKind.TOOL}
    assert memory.proposals.review(propose(memory, "Prices are in cents")).signs == ()


def test_near_notes_are_found_by_meaning_and_the_nearest_line_is_shown(
    memory: Memory, tmp_path: Path
) -> None:
    for number in range(30):
        add(memory, f"e{number}", asked(f"the discount of basket {number} in another currency"))
    memory.recall.prepare()
    memory.encode()
    for name, text in (("rules", RULES), ("bees", "Smoke the hive before taking honey.")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "CLAUDE.md").write_text(text, "utf-8")
    memory.import_paths([tmp_path / "rules", tmp_path / "bees"])
    other = propose(memory, "Work out the discount first, then the currency of a basket")
    accepted = propose(memory, "A basket's discount comes before the currency")
    memory.proposals.accept(accepted)
    held = propose(memory)
    near = memory.proposals.review(held).near
    assert len(near) == 3
    [rules] = [each for each in near if each.note_id == 1]
    assert rules.excerpt == "Work out a basket's discount before the currency is changed."
    assert not rules.accepted
    assert [each.accepted for each in near if each.note_id == 3] == [True]
    assert [each.proposal_id for each in near if each.proposal_id] == [other]
    likeness = [each.likeness or 0.0 for each in near]
    assert likeness == sorted(likeness, reverse=True) and likeness[-1] > 0.3
    assert held not in [each.proposal_id for each in near]
    assert all(each.note_id != 3 for each in memory.proposals.review(accepted).near)


def test_an_unprepared_store_compares_by_words(memory: Memory, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "CLAUDE.md").write_text(RULES, "utf-8")
    memory.import_paths([tmp_path / "rules"])
    [near] = memory.proposals.review(propose(memory)).near
    assert near.likeness is None and "discount before the currency" in near.excerpt
