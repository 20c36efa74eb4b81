from __future__ import annotations

from array import array

import pytest

from app.episodes.conversation.arrangement import Arrangement, ReadingOptions, Showing
from app.episodes.conversation.step_groups import StepGroup, step_groups
from app.episodes.conversation.timeline_outline import TimelineOutline, outlined
from hpm_engine import Job, StepFlag, StepOutline, StepSource

MINUTE = 60_000_000


def outline(script: str, hits: tuple[int, ...] = ()) -> TimelineOutline:
    """A letter for each step: user says, agent says, Agent says and calls, call, thought.

    ``i`` is injected, ``x`` the program's note that a person stopped the agent,
    ``s`` of the system, ``!`` a call that failed.
    """
    kinds = {
        "u": (StepSource.USER, 1, 0, 0, 0),
        "a": (StepSource.AGENT, 1, 0, 0, 0),
        "A": (StepSource.AGENT, 1, 0, 1, 0),
        "c": (StepSource.AGENT, 0, 0, 1, 0),
        "t": (StepSource.AGENT, 0, 1, 0, 0),
        "i": (StepSource.USER, 1, 0, 0, StepFlag.INJECTED),
        "x": (StepSource.USER, 1, 0, 0, StepFlag.INJECTED | StepFlag.INTERRUPTED),
        "s": (StepSource.SYSTEM, 1, 0, 0, 0),
        "!": (StepSource.AGENT, 0, 0, 1, StepFlag.ERROR),
    }
    steps = [
        StepOutline(
            n, source, StepFlag(flags), n * MINUTE, "bash" if calls else "", 9, "m", m, t, calls
        )
        for n, (source, m, t, calls, flags) in enumerate(kinds[letter] for letter in script)
    ]
    return outlined(1, steps, hits, "", Job())


def shown(script: str, hits: tuple[int, ...] = (), **options: bool) -> str:
    arrangement = Arrangement(outline(script, hits), ReadingOptions(**options))
    return "".join(str(int(how)) for how in arrangement.shows)


def test_calls_and_thoughts_between_messages_are_one_group() -> None:
    [group] = step_groups(outline("uAcct!au").steps)
    assert (group.first, group.stop, group.speaks) == (1, 6, True)
    assert group.words() == "4 tool calls · 1 thought · 1 error · 5 min"


def test_a_persons_pause_is_not_how_long_the_agent_took() -> None:
    [group] = step_groups(outline("ucu").steps)
    assert group.took == 0


def test_the_conversation_is_what_is_left_when_groups_are_folded() -> None:
    assert shown("uAcctau") == "3200033"
    assert shown("ucctau") == "310033"
    assert shown("uAcctau", folded=False) == "3333333"


def test_what_is_added_automatically_is_folded_whatever_is_chosen() -> None:
    assert shown("siiua", folded=False) == "10033"
    groups = step_groups(outline("siiua").steps)
    assert [group.words() for group in groups] == ["3 added automatically"]


def test_that_a_person_stopped_the_agent_stays_in_sight() -> None:
    assert shown("uccxua") == "310333"


def test_reminders_between_calls_do_not_split_a_group() -> None:
    [group] = step_groups(outline("uccicc").steps)
    assert (group.calls, group.added) == (4, 1)
    assert not group.only_added


def test_a_hit_opens_its_group_and_no_other() -> None:
    assert shown("uccaucca", hits=(2,)) == "33333103"
    assert shown("uccaucca", hits=(0,)) == "31033103"


def test_a_step_that_is_asked_for_opens_its_group() -> None:
    arrangement = Arrangement(outline("uAcca"), ReadingOptions())
    assert not arrangement.reveal(1), "what it says is in sight already"
    assert arrangement.reveal(3)
    assert set(arrangement.shows) == {Showing.WHOLE}
    assert not arrangement.reveal(3)


def test_moving_passes_over_folded_steps() -> None:
    arrangement = Arrangement(outline("uAccca"), ReadingOptions())
    assert [arrangement.moved(seq, 1) for seq in (0, 1, 5)] == [1, 5, 5]
    assert arrangement.moved(5, -1) == 1
    assert arrangement.nearest(4) == 1


def test_errors_alone_are_shown_with_what_was_asked() -> None:
    assert shown("uccu!cau", errors_only=True) == "00033000"
    assert shown("ucau", errors_only=True) == "0000"


def test_what_was_folded_stays_so_when_the_episode_grows() -> None:
    before = Arrangement(outline("uAcca"), ReadingOptions())
    before.fold(before.group_at(1) or StepGroup(0, 0), False)
    after = Arrangement(outline("uAccauAc"), ReadingOptions())
    after.continue_from(before)
    assert "".join(str(int(how)) for how in after.shows) == "33333320"


@pytest.mark.parametrize("script", ["", "u", "c", "i", "cccc"])
def test_every_step_is_in_a_group_or_shown(script: str) -> None:
    arrangement = Arrangement(outline(script), ReadingOptions())
    for seq in range(len(script)):
        assert arrangement.shows[seq] or arrangement.group_at(seq) is not None
    assert isinstance(arrangement.shown, array)


def test_slow_steps_of_the_agent_are_told_apart() -> None:
    steps = list(outline("u" + "c" * 200 + "u").steps)
    late = [
        StepOutline(
            s.seq,
            s.source,
            s.flags,
            (s.at or 0) // 60 + (600_000_000 if n > 50 else 0),
            s.tool,
            9,
            "m",
            0,
            0,
            1,
        )
        for n, s in enumerate(steps)
    ]
    shown_ = outlined(1, late, (), "", Job())
    assert [seq for seq in range(len(late)) if shown_.is_slow(seq)] == [50]
    assert shown_.took(50) == 601_000_000
    assert shown_.waited(51) == 601_000_000
