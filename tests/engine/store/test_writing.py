from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine import errors
from hpm_engine.memory import Memory
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind, StepFlag, StepSource
from tests.support.written_episodes import step, write


def texts(memory: Memory, episode_id: int) -> list[str]:
    return [part.text for s in memory.steps.read(episode_id) for part in s.parts]


def test_the_same_episode_twice_adds_nothing(memory: Memory) -> None:
    first = write(memory, [step(1), step(2)])
    second = write(memory, [step(1), step(2)])
    assert first.added and not second.added and not second.changed
    assert memory.figures.stats().steps == 2


def test_a_longer_version_adds_its_tail_and_an_older_one_takes_nothing_away(
    memory: Memory,
) -> None:
    write(memory, [step(1), step(2)])
    longer = write(memory, [step(1), step(2, "step 2 says something with its result"), step(3)])
    assert longer.steps_added == 1
    kept = texts(memory, longer.episode_id)
    older = write(memory, [step(1), step(2)])
    assert older.older and not older.changed
    assert (
        texts(memory, longer.episode_id)
        == kept
        == [
            "step 1 says something",
            "step 2 says something with its result",
            "step 3 says something",
        ]
    )
    assert memory.steps.matching(longer.episode_id, "result") == [1]
    assert memory.steps.matching(longer.episode_id, "something") == [0, 1, 2]


def test_extending_equals_writing_the_whole_at_once(memory: Memory) -> None:
    steps = [step(n) for n in range(1, 30)]
    for length in (1, 2, 17, 29):
        grown = write(memory, steps[:length], key="grown")
    whole = write(memory, steps, key="whole")
    assert grown.after == whole.after
    assert texts(memory, grown.episode_id) == texts(memory, whole.episode_id)


def test_copied_steps_are_kept_but_not_counted(memory: Memory) -> None:
    written = write(
        memory,
        [
            step(1, "alpha", tokens_in=5, flags=StepFlag.COPIED),
            step(2, "beta", tokens_in=7, tokens_out=2),
        ],
    )
    [episode] = memory.episodes.get([written.episode_id])
    assert (episode.steps, episode.agent_steps, episode.tokens_in) == (2, 1, 7)


def test_copied_steps_are_found_only_where_their_words_stand_first(memory: Memory) -> None:
    write(memory, [step(1, "alpha")], key="a")
    write(memory, [step(1, "alpha", flags=StepFlag.COPIED), step(2, "beta")], key="b")
    write(memory, [step(1, "gamma", flags=StepFlag.COPIED), step(2, "delta")], key="c")
    hits = [
        memory.episodes.find(EpisodeQuery(text=word)).hits for word in ("alpha", "beta", "gamma")
    ]
    assert hits == [1, 1, 1]


def test_repeated_prompts_and_blobs_stay_out_of_the_search(memory: Memory) -> None:
    prompt = StepDraft(StepSource.SYSTEM, (Part(PartKind.MESSAGE, "Thou shalt obey"),))
    write(memory, [prompt, step(1, "x " + "QUJD" * 200)], key="a")
    write(memory, [prompt, step(1, "y")], key="b")
    assert memory.episodes.find(EpisodeQuery(text="shalt")).hits == 1
    assert memory.episodes.find(EpisodeQuery(text="QUJD*")).hits == 0


def test_a_text_that_stands_in_many_steps_is_stored_once(memory: Memory) -> None:
    write(memory, [step(n, "the same long text " * 50) for n in range(100)])
    assert memory.figures.stats().text_size == len("the same long text " * 50)


def test_an_error_in_the_midst_of_reading_leaves_no_trace(memory: Memory) -> None:
    write(memory, [step(1), step(2)])
    before = memory.figures.stats(), texts(memory, 1)

    def breaks() -> Iterator[StepDraft]:
        yield from (step(n, "changed") for n in range(2000))
        raise errors.CannotImport("a bad line")

    for key in ("k", "new"):
        with pytest.raises(errors.CannotImport):
            write(memory, breaks(), key=key)  # type: ignore[arg-type]
    assert (memory.figures.stats(), texts(memory, 1)) == before
    assert memory.episodes.find(EpisodeQuery(text="changed")).hits == 0
    assert memory.figures.health(check=True).problems == ()


def test_a_full_disk_undoes_the_write_and_says_so(memory: Memory) -> None:
    write(memory, [step(1)])
    pages = memory.internals.database.pragma("page_count")
    memory.internals.database.pragma(f"max_page_count = {pages + 5}")
    with pytest.raises(errors.CannotWrite, match="no space left"):
        write(memory, [step(n, f"{n} " * 3000) for n in range(500)], key="big")
    memory.internals.database.pragma("max_page_count = 1000000")
    assert memory.figures.stats().episodes == 1
    assert write(memory, [step(2)], key="after").added
    assert memory.figures.health(check=True).problems == ()


def test_what_utf8_cannot_hold_is_replaced_in_text_names_and_search(memory: Memory) -> None:
    part = Part(PartKind.CALL, "\ud800 needle", "to\udfffol", "c\ud900", False)
    written = write(memory, [StepDraft(StepSource.AGENT, (part,), model="m\ud800")])
    [read] = memory.steps.read(written.episode_id)
    assert (read.parts[0].text, read.parts[0].name, read.parts[0].call_id, read.model) == (
        "\ufffd needle",
        "to\ufffdol",
        "c\ufffd",
        "m\ufffd",
    )
    assert memory.steps.matching(written.episode_id, "needle") == [0]


any_text = st.text(st.characters(), max_size=200)


@settings(max_examples=60)
@given(st.lists(any_text, min_size=1, max_size=5))
def test_any_text_comes_back_as_it_was(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    from hpm_engine.memory import open_memory

    with open_memory(tmp_path_factory.mktemp("any") / "a.hpm", create=True) as memory:
        draft = StepDraft(
            StepSource.USER,
            tuple(Part(PartKind.RESULT, text, "tool", "id", True) for text in parts),
        )
        written = write(memory, [draft])
        [read] = memory.steps.read(written.episode_id)
        assert [part.text for part in read.parts] == [
            text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in parts
        ]
        assert all(p.name == "tool" and p.call_id == "id" and p.is_error for p in read.parts)


def test_an_episode_names_what_it_continues_and_what_continues_it(memory: Memory) -> None:
    first = write(memory, [step(1)], "first").episode_id
    later = [
        write(memory, [step(1)], key, continues_key="first", task=key).episode_id
        for key in ("second", "third")
    ]
    write(memory, [step(1)], "alone")
    assert [link.id for link in memory.episodes.detail(first).continued_by] == later
    link = memory.episodes.detail(later[1]).continues
    assert link is not None and link.id == first
    assert memory.episodes.detail(later[1]).continued_by == ()


def test_episodes_are_found_by_what_they_continue_through_an_index(memory: Memory) -> None:
    asked: list[str] = []
    first = write(memory, [step(1)]).episode_id
    memory.internals.database.connection.set_trace_callback(asked.append)
    memory.episodes.detail(first)
    memory.internals.database.connection.set_trace_callback(None)
    links = [sql for sql in asked if "continues_key = " in sql or "parent_key = " in sql]
    plans = [
        row[3]
        for sql in links
        for row in memory.internals.database.rows(f"EXPLAIN QUERY PLAN {sql}")
    ]
    used = {name for name in ("episodes_continues", "episodes_parent") if name in str(plans)}
    assert used == {"episodes_continues", "episodes_parent"}
