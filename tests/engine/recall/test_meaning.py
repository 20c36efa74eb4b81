from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from hpm_engine import BadQuery, EpisodeQuery, Memory, RecallOptions, RecallScope, Weight
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.errors import BadModel
from hpm_engine.recall.episode_matrix import EpisodeMatrix
from hpm_engine.recall.fusion import Measured, fuse
from hpm_engine.recall.openings import _first_actions
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.vectors import VectorKind
from tests.support.shop import CUE, acted, add, asked, shop

BY_MEANING = RecallOptions(weights=(Weight("meaning", 1.0),), record=False)


def test_vectors_join_the_score_once_the_store_is_encoded(memory: Memory) -> None:
    ids = shop(memory)
    before = memory.recall.ask(CUE)
    assert "words alone" in before.notes[-1]
    assert "meaning" not in {part.name for part in before.hits[0].parts}
    memory.encode()
    after = memory.recall.ask(CUE)
    assert after.notes == ()
    assert "meaning" in {part.name for part in after.hits[0].parts}
    assert after.hits[0].episode.id == ids["basket"]


def test_meaning_finds_what_shares_no_word(memory: Memory) -> None:
    ids = shop(memory)
    memory.encode()
    recall = memory.recall.ask("shopping cart price reduction", options=BY_MEANING)
    assert recall.hits[0].episode.id == ids["basket"]
    assert not {"shopping", "cart", "reduction"} & set(recall.hits[0].terms)


def test_what_is_new_is_compared_at_once(memory: Memory) -> None:
    shop(memory)
    memory.encode()
    memory.recall.ask(CUE)
    key = add(memory, "new", asked("The penguin exhibit floods."), acted("Penguins swim away."))
    memory.recall.prepare()
    memory.encode()
    recall = memory.recall.ask("penguin", options=BY_MEANING)
    assert recall.hits[0].episode.id == key


def test_near_finds_steps_by_meaning_within_a_search(memory: Memory) -> None:
    ids = shop(memory)
    with pytest.raises(BadQuery, match="hpm encode"):
        memory.episodes.find(EpisodeQuery(text='near:"price reduction"'))
    memory.encode()
    results = memory.episodes.find(EpisodeQuery(text='near:"the discount of a basket"'))
    assert ids["basket"] in results.window(0, len(results))
    assert ids["report"] not in results.window(0, len(results))
    other = memory.episodes.find(EpisodeQuery(text='near:"the discount of a basket" project:books'))
    assert len(other) == 0


def test_scores_are_centred_by_the_pool(memory: Memory) -> None:
    shop(memory)
    rows = VectorRows(memory.internals.database)
    vectors = {1: [1.0, 0.5, 0.0], 2: [1.0, 0.0, 0.5], 3: [1.0, -0.5, 0.0]}
    with memory.internals.database.writing():
        stored = rows.register(VectorKind.MEAN, EncoderIdentity("test", "ab" * 32, 3))
        rows.use(stored)
        for key, vector in vectors.items():
            position = np.zeros(1, "<u4").tobytes()
            rows.put(stored, key, 1, position, np.array(vector, "<f2").tobytes())
    matrix = EpisodeMatrix(rows, VectorKind.MEAN)
    query = np.array([1.0, 0.4, 0.0], np.float32)
    with memory.internals.database.reading():
        scores = matrix.scores(query, [1, 2, 3, 99])
        assert set(scores) == {1, 2, 3}
        assert scores[1] == max(scores.values())
        assert scores[3] < 0 < scores[1]
        unit = np.array(vectors[2]) / np.linalg.norm(vectors[2])
        assert matrix.scores(query, [2])[2] == pytest.approx(float(unit @ query), abs=2e-3)


def test_openings_need_the_stronger_encoder(
    memory: Memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = shop(memory)
    monkeypatch.setenv("HPM_MODELS_DIR", str(tmp_path / "none"))
    with pytest.raises(BadModel, match="hpm encoder --install"):
        memory.recall.prepare(openings=True)
    actions = _first_actions(memory.internals.steps, ids["basket"])
    assert list(actions) == [1, 2, 3]
    assert actions[1].startswith("The discount is computed")


def test_parts_are_fused_as_z_scores_with_ties_by_id() -> None:
    parts = [
        Measured("a", 1.0, {1: 3.0, 2: 1.0}),
        Measured("b", 0.5, {3: 10.0}),
        Measured("c", 2.0, dict.fromkeys(range(1, 5), 7.0)),
    ]
    ranking = fuse([4, 3, 2, 1], parts)
    assert ranking.ids.tolist()[-1] == 4
    for number in range(4):
        explained = ranking.explain(number)
        total = sum(part.weight * part.value for part in explained)
        assert total == pytest.approx(float(ranking.scores[number]))
        assert explained[2].value == 0
    assert fuse([2, 1], [Measured("a", 1.0, {})]).ids.tolist() == [1, 2]
    assert fuse([], parts).best(3) == []


def test_a_part_counts_no_more_than_it_may() -> None:
    lone = dict.fromkeys(range(1, 101), 0.0) | {7: 1.0}
    words = dict.fromkeys(range(1, 101), 0.0) | {8: 1.0, 9: 1.0}
    free = fuse(range(1, 101), [Measured("patch", 1.0, lone), Measured("words", 1.0, words)])
    held = fuse(
        range(1, 101), [Measured("patch", 1.0, lone, most=6.0), Measured("words", 1.0, words)]
    )
    assert free.ids[0] == 7
    assert held.ids[:3].tolist() == [8, 9, 7]
    assert held.explain(2)[0].value == 6.0


def test_a_lone_episode_is_found(memory: Memory) -> None:
    key = add(memory, "one", asked("The quokka smiles."), acted("Indeed."))
    memory.recall.prepare()
    assert [hit.episode.id for hit in memory.recall.ask("quokka").hits] == [key]
    assert memory.recall.ask("wombat").hits == ()


def test_recency_and_importance_count_only_when_asked_for(memory: Memory) -> None:
    ids = shop(memory)
    cue = "discount cookie filter report date"
    assert not {"recency", "importance"} & {
        part.name for hit in memory.recall.ask(cue).hits for part in hit.parts
    }
    late = memory.recall.ask(cue, options=RecallOptions(recency=5.0, record=False))
    assert ids["report"] not in {hit.episode.id for hit in late.hits}  # three years older
    memory.marks.set_pinned([ids["invoice"]], True)
    pinned = memory.recall.ask(cue, options=RecallOptions(importance=5.0, record=False))
    assert pinned.hits[0].episode.id == ids["invoice"]
    scope = RecallScope(among=(ids["invoice"], ids["login"]))
    assert len(memory.recall.ask("date", scope=scope).hits) == 1


def test_phi_joins_the_score_where_it_has_a_weight(memory: Memory) -> None:
    ids = shop(memory)
    options = RecallOptions(weights=(Weight("words", 1.0), Weight("φ", 0.5)), record=False)
    memory.encode()
    recall = memory.recall.ask(CUE, options=options)
    assert recall.notes == ()
    part = next(part for part in recall.hits[0].parts if part.name == "φ")
    assert recall.hits[0].episode.id == ids["basket"]
    assert (part.weight, part.share > 0) == (0.5, True)
    with memory.internals.database.reading():
        pool = sorted(ids.values())
        scores = memory.internals.recall._meaning.phis(CUE, pool)
        means = memory.internals.recall._meaning.episodes(
            memory.internals.recall._meaning.encode(CUE), pool
        )
    assert part.raw == pytest.approx(scores[ids["basket"]])
    assert scores != pytest.approx(means)


def test_a_store_without_vectors_by_this_phi_is_scored_without_and_says_so(memory: Memory) -> None:
    shop(memory)
    memory.encode()
    rows = VectorRows(memory.internals.database)
    with memory.internals.database.writing():
        rows.use(rows.register(VectorKind.EPISODE, EncoderIdentity("phi-256", "ab" * 32, 256)))
    options = RecallOptions(weights=(Weight("words", 1.0), Weight("φ", 0.5)), record=False)
    recall = memory.recall.ask(CUE, options=options)
    assert "Scored without the meaning of whole episodes" in recall.notes[-1]
    assert "hpm encode" in recall.notes[-1]
    assert {part.name for part in recall.hits[0].parts} == {"words"}
    assert memory.recall.ask(CUE).notes == ()  # nothing is missed of a score that has no φ
