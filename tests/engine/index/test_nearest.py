from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine import errors, open_memory
from hpm_engine.index.cache import index_folder
from hpm_engine.index.ivf_pq import lists_for
from hpm_engine.index.vector_index import MeanIndex
from hpm_engine.memory import Memory
from tests.support.short_episodes import fill, nearest, remove, said, write, write_all
from tests.support.vector_searches import build, queries, recall, steps
from tests.support.word_encoder import WordEncoder


def test_a_word_is_found_where_it_was_said_and_its_episode_by_the_mean(memory: Memory) -> None:
    a = write(memory, "a", "the ferry leaves", "timetable is wrong")
    write(memory, "b", "the bakery opens")
    encoder = WordEncoder()
    memory.encode(encoder=encoder)
    [query] = encoder.encode(["timetable wrong"])
    ids, scores = steps(memory, encoder.identity).search(query, 2)
    assert ids[0] == a << 24 | 1 and scores[0] > 0.7
    means = MeanIndex(
        memory.internals.database, encoder.identity, index_folder(memory.internals.database)
    )
    assert means.search(query, 1)[0].tolist() == [a]
    positions, data = steps(memory, encoder.identity).vectors(a)
    assert positions.tolist() == [0, 1]
    assert data @ query == pytest.approx([scores[1], scores[0]], abs=1e-3)


def test_a_small_store_is_searched_exactly_and_needs_no_files(memory: Memory, cache: Path) -> None:
    fill(memory, 30, 40)
    assert not build(memory)
    assert recall(memory, steps(memory)) == 1.0
    assert not cache.exists()


def test_a_large_one_is_searched_by_lists_and_its_answers_are_scored_exactly(
    large: Memory, cache: Path
) -> None:
    index = steps(large)
    assert recall(large, index) >= 0.97
    assert len(index) == 12_000
    assert index._base is not None and index._base.ivf.index.nlist == 256
    query = queries()[0]
    ids, scores = index.search(query, 10)
    for key, score in zip(ids.tolist(), scores.tolist(), strict=True):
        positions, data = index.vectors(key >> 24)
        assert float(data[positions == key & 0xFFFFFF][0] @ query) == pytest.approx(score, abs=1e-6)


@pytest.mark.parametrize("size", [3, 40, 200])
def test_only_allowed_episodes_are_found_however_few(large: Memory, size: int) -> None:
    among = set(range(50, 50 + size))
    assert recall(large, steps(large), among) >= (1.0 if size < 100 else 0.97)
    assert steps(large).search(queries()[0], 5, np.array([], np.int64))[0].size == 0


def test_what_is_added_or_deleted_counts_at_once_in_an_index_that_is_open(large: Memory) -> None:
    index = steps(large)
    query = queries()[0]
    gone = {key >> 24 for key in index.search(query, 10)[0].tolist()}
    for episode_id in gone:
        remove(large, episode_id)
    assert not gone & {key >> 24 for key in index.search(query, 50)[0].tolist()}
    assert recall(large, index) >= 0.97
    fill(large, 10, 40)
    assert recall(large, index) >= 0.97
    assert len(index) == 12_000 - 40 * len(gone) + 400
    before = index._base
    assert before is not None and len(before.listing) == 12_000, "no new generation was needed"


def test_another_connections_changes_are_seen(large: Memory) -> None:
    with open_memory(large.path, read_only=True) as reader:
        index = steps(reader)
        [best] = index.search(queries()[0], 1)[0].tolist()
        remove(large, best >> 24)
        assert best not in index.search(queries()[0], 5)[0].tolist()


def test_ties_go_to_the_smaller_id_and_too_large_a_k_gives_all_there_are(memory: Memory) -> None:
    write_all(memory, {key: [said("same"), said("same")] for key in "abc"})
    encoder = WordEncoder()
    memory.encode(encoder=encoder)
    ids, scores = steps(memory, encoder.identity).search(encoder.encode(["same"])[0], 99)
    assert ids.tolist() == [e << 24 | s for e in (1, 2, 3) for s in (0, 1)]
    assert np.allclose(scores, 1, atol=1e-3)


def test_queries_of_nothing_or_of_another_encoder_are_told_apart(memory: Memory) -> None:
    encoder = WordEncoder()
    assert steps(memory, encoder.identity).search(encoder.encode(["x"])[0], 3)[0].size == 0
    write(memory, "a", "x")
    memory.encode(encoder=encoder)
    index = steps(memory, encoder.identity)
    assert index.ready
    assert index.search(encoder.encode([""])[0], 3)[0].size == 0
    with pytest.raises(errors.MixedEncoders, match=r"shape \(7,\)"):
        index.search(np.ones(7, np.float32), 3)
    other = steps(memory, WordEncoder(seed=5).identity)
    assert not other.ready
    with pytest.raises(errors.MixedEncoders, match="hpm encode"):
        other.search(encoder.encode(["x"])[0], 3)


def test_lists_grow_with_the_vectors() -> None:
    assert [lists_for(n) for n in (10_000, 100_000, 200_000, 1_000_000, 10_000_000)] == [
        256,
        256,
        2048,
        4096,
        16384,
    ]


@settings(max_examples=8)
@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.lists(st.sampled_from("uvwxyz"), max_size=4)),
        min_size=1,
        max_size=6,
    )
)
def test_after_any_history_the_index_finds_what_comparing_everything_finds(
    tmp_path_factory: pytest.TempPathFactory, history: list[tuple[str, list[str]]]
) -> None:
    encoder = WordEncoder()
    with open_memory(tmp_path_factory.mktemp("any") / "a.hpm", create=True) as memory:
        index = steps(memory, encoder.identity)
        for key, texts in history:
            episode_id = write(memory, key, *texts)
            memory.encode(encoder=encoder)
            if not texts:
                remove(memory, episode_id)
            for word in "ux":
                [query] = encoder.encode([word])
                ids, scores = index.search(query, 5)
                every = nearest(memory, query, 99)
                assert np.allclose(scores, list(every.values())[:5], atol=1e-4)
                assert np.allclose(scores, [every[key] for key in ids.tolist()], atol=1e-4)
