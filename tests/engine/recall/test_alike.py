"""Which episodes are so nearly equal that one stands for the others, and which are not."""

from __future__ import annotations

import itertools

import pytest

from hpm_engine import Memory, Outcome, RecallOptions
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from tests.support.shop import acted, add, asked, diff, submitted

DAY = 86_400_000_000
AT = 1_700_000_000_000_000
ASKED = "The greenhouse thermostat overheats at noon, find out why"
GREP = '{"command": "grep -n limit thermostat.py"}'
EDIT = '{"file_path": "thermostat.py", "old_string": "limit = %s", "new_string": "limit = %s"}'


def said(text: str) -> StepDraft:
    return StepDraft(StepSource.AGENT, (Part(PartKind.MESSAGE, text),), 3)


def called(arguments: str, name: str = "bash", result: str = "") -> StepDraft:
    call = Part(PartKind.CALL, arguments, name, "c")
    return StepDraft(StepSource.AGENT, (call, Part(PartKind.RESULT, result, "", "c")), 2)


FIRST = (asked(ASKED), called(GREP, result="limit = 41"), said("The limit is 41. I set it to 31."))
AGAIN = (asked(ASKED), called(GREP, result="limit = 31"), said("31 was wrong: it must be 35."))


def groups(memory: Memory, cue: str, k: int = 10) -> list[list[str]]:
    """The hits by key, each with those that it stands for."""
    memory.recall.prepare()
    hits = memory.recall.ask(cue, k).hits
    keys = {episode.id: episode.key for episode in memory.episodes.get(range(1, 200))}
    return [[hit.episode.key, *(keys[copy.episode_id] for copy in hit.alike)] for hit in hits]


@pytest.mark.parametrize(
    "later",
    [
        AGAIN,
        (asked(ASKED.upper() + "!"), *AGAIN[1:]),
        (asked(ASKED.replace("find", "please find")), *AGAIN[1:]),
        (*AGAIN[:1], called('{"command": "grep -n limit ./thermostat.py"}'), *AGAIN[2:]),
        (*AGAIN, called("{}", "done")),
    ],
)
def test_what_repeats_itself_is_one_hit(memory: Memory, later: tuple[StepDraft, ...]) -> None:
    add(memory, "a", *FIRST, at=AT)
    add(memory, "b", *later, at=AT + DAY)
    assert groups(memory, "thermostat overheats") == [["b", "a"]]
    assert "must be 35" in memory.recall.ask("thermostat overheats").context.text


def test_a_correction_stands_for_what_it_corrects(memory: Memory) -> None:
    add(memory, "a", asked(ASKED), called(EDIT % (41, 31), "Edit"), said("Done."), at=AT)
    add(memory, "b", asked(ASKED), called(EDIT % (31, 35), "Edit"), said("Again."), at=AT + DAY)
    assert groups(memory, "thermostat overheats") == [["b", "a"]]


def test_talk_without_calls_repeats_itself_too(memory: Memory) -> None:
    for number, answer in enumerate(("Port 8080.", "Port 9090 since the move to the harbour.")):
        question = "On which port does the metrics server of the harbour listen?"
        add(memory, str(number), asked(question), said(answer), at=AT + number * DAY)
    assert groups(memory, "metrics server port") == [["1", "0"]]


def test_words_of_any_script_are_compared(memory: Memory) -> None:
    for key, day in (("a", 0), ("b", 1)):
        add(memory, key, asked("温室的恒温器中午过热,找出原因"), called(GREP), at=AT + day * DAY)
    add(memory, "c", asked("温室的水泵中午不工作,找出原因"), called(GREP), at=AT)
    assert groups(memory, "恒温器过热")[0] == ["b", "a"]


@pytest.mark.parametrize("order", list(itertools.permutations(("a", "b", "c"))))
@pytest.mark.parametrize("days", [(0, 1, 2), (0, 2, 2), (1, 1, 1)])
def test_the_order_of_imports_changes_nothing(
    memory: Memory, order: tuple[str, ...], days: tuple[int, ...]
) -> None:
    started = dict(zip("abc", days, strict=True))
    for key in order:
        add(memory, key, *FIRST, at=AT + started[key] * DAY)
    add(memory, "other", asked("The thermostat of the orchid house"), at=AT)
    wanted = sorted("abc", key=lambda key: (-started[key], key))
    assert wanted in groups(memory, "thermostat overheats")


@pytest.mark.parametrize("later_first", [False, True])
def test_of_groups_that_answer_equally_well_the_newest_is_first(
    memory: Memory, later_first: bool
) -> None:
    """The best of the group "b", "a" is "a", which is older than the other's."""
    longer = (*AGAIN, said("Now the fan, the pump and the lamps are quiet again at every hour."))
    rows = [("a", FIRST, "cart", 0), ("other", FIRST, "login", 1), ("b", longer, "cart", 3)]
    for key, steps, project, days in reversed(rows) if later_first else rows:
        add(memory, key, *steps, project=project, at=AT + days * DAY)
    assert groups(memory, "thermostat overheats") == [["b", "a"], ["other"]]


def fix(path: str, line: str) -> tuple[StepDraft, ...]:
    return (
        asked("fix the failing tests"),
        called('{"command": "pytest -q"}'),
        called(f'{{"file_path": "{path}", "new_string": "{line}"}}', "Edit"),
        said("All tests pass."),
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (fix("cart.py", "total = net + tax"), fix("login.py", "return token.valid()")),
        (fix("cart.py", "total = net + tax"), fix("cart.py", "rounding = ROUND_HALF_EVEN")),
        (
            (
                asked("continue the failing tests"),
                said("The cart adds the tax before it sums."),
            ),
            (asked("continue the failing tests"), said("Login refuses tokens that are too old.")),
        ),
        (
            (asked("Close issue 12 of the failing tests in the parser of the shop"), called(GREP)),
            (asked("Close issue 13 of the failing tests in the parser of the shop"), called(GREP)),
        ),
        (
            (asked("Say why the failing tests of the shop are slow in cart.py"), called(GREP)),
            (asked("Say why the failing tests of the shop are slow in login.py"), called(GREP)),
        ),
        (
            (asked("fix the failing tests"), acted("Done", "make"), submitted(diff("a.py", "x"))),
            (asked("fix the failing tests"), acted("Done", "make"), submitted(diff("b.py", "x"))),
        ),
        ((asked("fix the failing tests"), called(GREP)), (asked("fix the failing tests"),)),
        *(
            (
                (
                    asked(f"Which failing tests have {mark} number of retries"),
                    called(GREP),
                ),
                (
                    asked(f"Which failing tests have {end} number of retries"),
                    called(GREP),
                ),
            )
            for mark, end in (("the fewest", "the highest"), ("a known", "not a known"))
        ),
        (
            (asked("Copy the failing tests from cart to login"), called(GREP)),
            (asked("Copy the failing tests from login to cart"), called(GREP)),
        ),
    ],
)
def test_other_work_is_another_hit(
    memory: Memory, first: tuple[StepDraft, ...], second: tuple[StepDraft, ...]
) -> None:
    add(memory, "a", *first, at=AT)
    add(memory, "b", *second, at=AT + DAY)
    assert sorted(groups(memory, "failing tests")) == [["a"], ["b"]]


def test_the_same_in_another_project_is_another_hit(memory: Memory) -> None:
    add(memory, "a", *FIRST, project="client-a/api")
    add(memory, "b", *FIRST, project="client-b/api", at=AT + DAY)
    assert sorted(groups(memory, "thermostat")) == [["a"], ["b"]]


def test_a_failed_attempt_is_not_hidden_behind_a_success(memory: Memory) -> None:
    add(memory, "a", *FIRST, outcome=Outcome.FAILURE)
    add(memory, "b", *FIRST, outcome=Outcome.SUCCESS, at=AT + DAY)
    assert sorted(groups(memory, "thermostat")) == [["a"], ["b"]]


def test_room_that_repetitions_took_goes_to_others(memory: Memory) -> None:
    for number in range(60):
        add(memory, f"same{number}", *FIRST, at=AT + number * DAY)
    for number in range(3):
        add(memory, f"other{number}", asked(f"Another thermostat, number {number}"), at=AT)
    grouped = groups(memory, "greenhouse thermostat overheats", k=3)
    assert [len(group) for group in grouped] == [60, 1, 1]
    assert grouped[0][0] == "same59"


def test_benchmarks_see_the_ranking_as_it_is(memory: Memory) -> None:
    for number in range(4):
        add(memory, str(number), *FIRST, at=AT + number * DAY)
    memory.recall.prepare()
    hits = memory.recall.ask("thermostat", options=RecallOptions(alike_once=False)).hits
    assert len(hits) == 4 and not any(hit.alike for hit in hits)
