"""What a session was given, and whether it used it: told once it is imported, and told anew."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hpm_engine import (
    AgeingSettings,
    GivenFilter,
    GivenMemory,
    Memory,
    MemoryKind,
    Originals,
    PartKind,
    RecallFilter,
    RecallOptions,
    RecallScope,
    Use,
    open_memory,
)
from hpm_engine.evaluation.usage.script import Script, at, session_key
from hpm_engine.values.visibility import Reader
from hpm_engine.words.own_quotation import DATA

EARLIER, KEY = session_key("earlier"), session_key("later")
CUE = "The pump floods row seven"


def now() -> int:
    return time.time_ns() // 1000


@pytest.fixture
def memory(tmp_path: Path) -> Memory:
    """A store with one earlier session of the pump."""
    script = Script(EARLIER, at(now()) - timedelta(days=3))
    script.prompt(f"{CUE} when the valve is at zero")
    script.run("python tools/flood_check.py --row 7", "failed", failed=True)
    script.edit("water/pump_valve.py", "def close_valve_first():\n    ...\n")
    put(tmp_path, script)
    memory = open_memory(tmp_path / "store.hpm", create=True)
    memory.import_paths([tmp_path])
    memory.recall.prepare()
    return memory


def put(folder: Path, script: Script) -> Path:
    path = folder / f"{script.key}.jsonl"
    path.write_bytes(script.content())
    return path


def recalled(memory: Memory, cue: str = CUE, into: str = KEY) -> int:
    scope = RecallScope(not_session=into, among=(1,), reader=Reader("claude-code", "works"))
    recall = memory.recall.ask(cue, 5, scope, (), RecallOptions(into=into))
    assert recall.id is not None
    return recall.id


def played(
    memory: Memory, tmp_path: Path, play: Callable[[Script], None], key: str = KEY
) -> GivenMemory:
    """A session goes on after a recall, is imported, and what it was given is followed up."""
    script = Script(key, at(now()) - timedelta(minutes=5))
    script.prompt(CUE)
    recalled(memory, into=key)
    script.go_on(at(now()))
    play(script)
    return followed(memory, put(tmp_path, script))


def followed(memory: Memory, path: Path) -> GivenMemory:
    memory.import_paths([path])
    memory.recall.prepare()
    return memory.recall.given()[0]


def test_what_was_given_is_not_known_to_be_used_before_the_session_is_there(
    memory: Memory, tmp_path: Path
) -> None:
    key = recalled(memory)
    memory.recall.prepare()
    (given,) = memory.recall.given(GivenFilter(recall_id=key))
    assert (given.kind, given.id, given.use) == (MemoryKind.EPISODE, 1, Use.UNKNOWN)
    assert (given.into, given.session_id, given.step) == (KEY, None, None)
    script = Script(KEY, at(now()) - timedelta(minutes=5))
    script.prompt(CUE)
    assert followed(memory, put(tmp_path, script)).use is Use.UNKNOWN  # nothing came after it


def test_a_file_that_was_given_and_that_nothing_else_told_was_used(
    memory: Memory, tmp_path: Path
) -> None:
    def play(script: Script) -> None:
        script.run("git status", "nothing to commit")
        script.edit("water/pump_valve.py")

    given = played(memory, tmp_path, play)
    assert given.use is Use.USED
    assert given.step is not None
    (step,) = memory.steps.read(given.step.episode_id, given.step.seq, given.step.seq + 1)
    assert any("pump_valve" in part.text for part in step.parts if part.kind is PartKind.CALL)
    assert given.session_id == given.step.episode_id
    (hit,) = memory.recall.past(0, 1, RecallFilter(recall_id=given.recall_id))[0].hits
    assert (hit.use, hit.step) == (Use.USED, given.step)
    assert memory.recall.given(GivenFilter(into_episode=given.session_id)) == [given]
    assert memory.recall.given(GivenFilter(of_episode=1)) == [given]
    assert memory.recall.given(GivenFilter(of_episode=2)) == []


@pytest.mark.parametrize(
    "shown", ["./water/pump_valve.py", 'File "/home/ada/works/water/pump_valve.py", line 3']
)
def test_what_the_session_was_shown_before_it_acted_proves_nothing(
    memory: Memory, tmp_path: Path, shown: str
) -> None:
    def play(script: Script) -> None:
        script.run("make check", shown, failed=True)
        script.edit("water/pump_valve.py")

    assert played(memory, tmp_path, play).use is Use.IGNORED


def test_what_a_person_named_proves_nothing_whenever_it_was_said(
    memory: Memory, tmp_path: Path
) -> None:
    def play(script: Script) -> None:
        script.prompt("Have a look at water/pump_valve.py")
        script.read("water/pump_valve.py")

    assert played(memory, tmp_path, play).use is Use.IGNORED


def test_our_own_quotation_counts_nowhere_and_asking_for_steps_is_looking(
    memory: Memory, tmp_path: Path
) -> None:
    quoted = f"Steps of an earlier session. {DATA}\n~~~\n> water/pump_valve.py\n~~~"

    def play(script: Script) -> None:
        script.call("mcp__hpm__read_steps", quoted, episode=1)
        script.run("git status", "nothing to commit")

    given = played(memory, tmp_path, play)
    assert given.use is Use.LOOKED_AT

    def act(script: Script) -> None:
        play(script)
        script.read("water/pump_valve.py")

    assert played(memory, tmp_path, act, session_key("second")).use is Use.USED


def test_what_is_only_spoken_of_was_looked_at_and_what_is_set_aside_ignored(
    memory: Memory, tmp_path: Path
) -> None:
    def speak(script: Script) -> None:
        script.run("git status", "nothing to commit")
        script.say("An earlier session changed water/pump_valve.py.")

    assert played(memory, tmp_path, speak).use is Use.LOOKED_AT

    def set_aside(script: Script) -> None:
        script.run("git status", "nothing to commit")
        script.say("What an earlier session did in water/pump_valve.py is not relevant here.")

    assert played(memory, tmp_path, set_aside, session_key("second")).use is Use.IGNORED


def test_a_session_that_grows_is_judged_anew_and_the_log_says_so_once(
    memory: Memory, tmp_path: Path
) -> None:
    script = Script(KEY, at(now()) - timedelta(minutes=5))
    script.prompt(CUE)
    recalled(memory)
    script.go_on(at(now()))
    script.run("git status", "nothing to commit")
    assert followed(memory, put(tmp_path, script)).use is Use.IGNORED
    script.edit("water/pump_valve.py")
    assert followed(memory, put(tmp_path, script)).use is Use.USED
    assert memory.recall.prepare().followed == 0
    rows = [row for row in memory.audit.page() if row.action == "follow up"]
    assert len(rows) == 2
    assert "pump_valve" not in "".join(row.detail for row in rows)
    assert memory.audit.verify().broken_at is None


def test_what_has_no_term_of_its_own_is_too_little_to_tell(tmp_path: Path) -> None:
    script = Script(EARLIER, at(now()) - timedelta(days=3))
    script.prompt("Please thank everybody for the harvest")
    script.say("Thank you, everybody.")
    put(tmp_path, script)
    with open_memory(tmp_path / "store.hpm", create=True) as memory:
        memory.import_paths([tmp_path])
        memory.recall.prepare()
        later = Script(KEY, at(now()) - timedelta(minutes=5))
        later.prompt("Thank them for the harvest")
        recalled(memory, "thank harvest")
        later.go_on(at(now()))
        later.run("git status", "nothing")
        assert followed(memory, put(tmp_path, later)).use is Use.UNCLEAR


def test_no_text_of_what_was_given_is_kept_and_its_digests_can_be_erased(
    memory: Memory, tmp_path: Path
) -> None:
    from hpm_engine.store.handed import HandedRows

    def play(script: Script) -> None:
        script.edit("water/pump_valve.py")

    given = played(memory, tmp_path, play)
    database = memory.internals.database
    rows = database.rows("SELECT terms, used, used_step FROM handed")
    assert b"pump" not in b"".join(bytes(str(cell), "utf-8") for row in rows for cell in row)
    salts = database.rows("SELECT salt FROM handed_sessions")
    recalled(memory)
    assert len(set(database.rows("SELECT salt FROM handed_sessions")) - set(salts)) == 1
    with database.writing():
        HandedRows(database).forget_terms(1)
    assert database.value("SELECT sum(length(terms)) FROM handed") == 0
    memory.recall.prepare()
    assert memory.recall.given(GivenFilter(recall_id=given.recall_id)) == [given]


def test_a_memory_that_leaves_the_store_leaves_no_trace_here(
    memory: Memory, tmp_path: Path
) -> None:
    def play(script: Script) -> None:
        script.edit("water/pump_valve.py")

    given = played(memory, tmp_path, play)
    database = memory.internals.database
    with database.writing():
        database.execute("DELETE FROM main.episodes WHERE id = ?", (given.session_id,))
    memory.recall.prepare()
    (left,) = memory.recall.given()
    assert (left.use, left.step, left.session_id) == (Use.UNKNOWN, None, None)
    with database.writing():
        database.execute("DELETE FROM main.episodes WHERE id = 1")
    assert memory.recall.given() == []


def test_an_accepted_note_is_judged_by_its_words_but_not_by_what_it_warns_of(
    memory: Memory, tmp_path: Path
) -> None:
    memory.proposals.propose(
        "Run the tests with `uv run pytest`, never with tox.",
        "",
        project="works",
        session="",
        agent="claude-code",
    )
    memory.proposals.accept(memory.proposals.page()[0].id)

    def note_of(command: str) -> Use:
        def play(script: Script) -> None:
            script.run(command, "passed")

        played(memory, tmp_path, play, session_key(command))
        latest = memory.recall.past(0, 1)[0]
        (note,) = latest.notes
        assert note.kind is MemoryKind.ACCEPTED
        return note.use

    assert note_of("uv run pytest -q") is Use.USED
    assert note_of("tox -q") is Use.IGNORED


def test_what_was_used_stands_higher_only_where_its_use_has_a_weight(
    memory: Memory, tmp_path: Path
) -> None:
    twin = Script(session_key("twin"), at(now()) - timedelta(days=2))
    twin.prompt(f"{CUE} since the sluice is open")
    twin.edit("water/sluice_gate.py", "def open_sluice(): ...")
    memory.import_paths([put(tmp_path, twin)])
    memory.recall.prepare()
    for number in range(3):
        key = session_key(f"later {number}")
        script = Script(key, at(now()) - timedelta(minutes=5))
        script.prompt(CUE)
        scope = RecallScope(among=(1, 2))
        memory.recall.ask(CUE, 5, scope, (), RecallOptions(into=key))
        script.go_on(at(now()))
        script.edit("water/sluice_gate.py")
        memory.import_paths([put(tmp_path, script)])
    memory.recall.prepare()

    def shares(weight: float) -> dict[int, float]:
        options = RecallOptions(use=weight, record=False)
        hits = memory.recall.ask(CUE, 5, RecallScope(among=(1, 2)), (), options).hits
        return {
            hit.episode.id: next((part.raw for part in hit.parts if part.name == "earlier use"), -1)
            for hit in hits
        }

    assert set(shares(0.0).values()) == {-1}
    weighed = shares(2.0)
    assert next(iter(weighed)) == 2
    assert weighed[2] == 0.8


def test_a_session_in_the_trash_proves_nothing_until_it_is_back(
    memory: Memory, tmp_path: Path
) -> None:
    def play(script: Script) -> None:
        script.edit("water/pump_valve.py")

    given = played(memory, tmp_path, play)
    assert given.session_id is not None
    memory.trash.put([given.session_id])
    memory.recall.prepare()
    assert [each.use for each in memory.recall.given()] == [Use.UNKNOWN]
    memory.trash.restore([given.session_id])
    memory.recall.prepare()
    assert memory.recall.given() == [given]


def test_what_is_left_of_an_evicted_session_does_not_judge_it_anew(
    memory: Memory, tmp_path: Path
) -> None:
    def play(script: Script) -> None:
        script.edit("water/pump_valve.py")
        for number in range(40):
            script.run(f"make check-{number}", f"checked row {number}\n" * 200)

    given = played(memory, tmp_path, play)
    memory.recall.ask(
        CUE, 5, RecallScope(among=(given.session_id or 0,)), (), RecallOptions(into="elsewhere")
    )
    memory.compression.compress([2])
    memory.compression.ageing.set(AgeingSettings(newest=0, originals=Originals.EVICTED))
    assert memory.compression.ageing.evict().episodes == 1
    memory.recall.prepare()
    assert given in memory.recall.given()
    terms = dict(memory.internals.database.rows("SELECT episode_id, length(terms) FROM handed"))
    assert terms[1] > 0
    assert terms[2] == 0
