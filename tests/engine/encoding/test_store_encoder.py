"""The shipped encoder over a store: its own word counts, φ, and when all is encoded again."""

from __future__ import annotations

import numpy as np
import pytest

from hpm_engine import Cancelled, Job, errors
from hpm_engine.encoder.phi_encoder import PhiEncoder
from hpm_engine.encoder.piece_counts import PieceCounts
from hpm_engine.encoder.state_action import state_action_pairs
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoding.encoder_in_use import encoder_in_use
from hpm_engine.index.cache import index_folder
from hpm_engine.index.vector_index import EpisodeIndex, StepIndex
from hpm_engine.memory import Memory
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from hpm_engine.values.vectors import VectorKind
from tests.support.short_episodes import current, remove, said, vectors, write, write_all
from tests.support.word_encoder import WordEncoder

WORDS = ("ferry timetable", "harbour crane", "bakery oven", "the lighthouse keeper")


def sessions(count: int, start: int = 0) -> dict[str, list[StepDraft]]:
    return {
        f"s{n}": [said(f"{WORDS[(n + s) % 4]} number {n * s}") for s in range(10)]
        for n in range(start, start + count)
    }


def test_the_store_keeps_what_its_encoder_was_made_with(memory: Memory) -> None:
    assert encoder_in_use(memory.internals.database) is None
    write_all(memory, sessions(20))
    memory.encode()
    encoder = encoder_in_use(memory.internals.database)
    assert encoder is not None and encoder.counts.runs == 40
    [query] = encoder.encode(["bakery oven"])
    ids, _ = StepIndex(
        memory.internals.database, encoder.identity, index_folder(memory.internals.database)
    ).search(query, 5)
    for key in ids.tolist():
        [step] = memory.steps.read(key >> 24, key & 0xFFFFFF, (key & 0xFFFFFF) + 1)
        assert "bakery oven" in step.parts[0].text


def test_a_store_is_encoded_again_when_it_has_twice_the_words_and_not_before(
    memory: Memory,
) -> None:
    write_all(memory, sessions(10))
    memory.encode()
    first = current(memory)
    write_all(memory, sessions(20, 10))
    memory.encode()
    assert current(memory) == first
    write_all(memory, sessions(50, 30))
    report = memory.encode()
    assert report.steps == 800
    encoder = encoder_in_use(memory.internals.database)
    assert current(memory).sha256 != first.sha256
    assert encoder is not None and encoder.counts.runs == 160
    assert len(vectors(memory)) == len(vectors(memory, VectorKind.EPISODE)) == 80
    assert memory.encode().steps == 0


def test_a_stopped_run_goes_on_with_the_encoder_that_it_began_with(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.encoding.steps._BATCH", 100)
    write_all(memory, sessions(10))
    memory.encode()
    write_all(memory, sessions(70, 10))
    job = Job()
    encode = StaticEncoder.encode

    def stops(self: StaticEncoder, texts: list[str]) -> object:
        batches.append(len(texts))
        if len(batches) == 40:
            job.cancel()
        return encode(self, texts)

    batches: list[int] = []
    monkeypatch.setattr(StaticEncoder, "encode", stops)
    before = current(memory)
    with pytest.raises(Cancelled):
        memory.encode(job)
    assert current(memory) == before
    [begun] = [
        encoder
        for encoder in VectorRows(memory.internals.database).encoders()
        if encoder.kind is VectorKind.STEP
    ][1:]
    write(memory, "one more", "a word that changes the counts")
    monkeypatch.setattr(StaticEncoder, "encode", encode)
    assert memory.encode().steps < 500
    assert current(memory).sha256 == begun.sha256


def test_an_episode_has_the_vector_that_phi_gives_its_states_and_actions(memory: Memory) -> None:
    asked = StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, "why is the ferry late"),))
    looked = StepDraft(
        StepSource.AGENT,
        (
            Part(PartKind.CALL, '{"command": "grep ferry"}', "bash", "c"),
            Part(PartKind.RESULT, "timetable.py", "", "c"),
        ),
    )
    ids = write_all(memory, {"a": [asked, looked, said("the harbour clock is wrong")], "b": []})
    memory.encode()
    steps = encoder_in_use(memory.internals.database)
    assert steps is not None
    phi = PhiEncoder(steps)
    [vector] = vectors(memory, VectorKind.EPISODE)[ids[0]]
    pairs = state_action_pairs(memory.steps.read(ids[0]))
    assert len(pairs) == 2
    assert np.allclose(vector, phi.episode(pairs), atol=1e-3)
    assert vectors(memory, VectorKind.EPISODE)[ids[1]].size == 0
    write_all(memory, {"a": [asked, looked, said("another end altogether")]})
    memory.encode()
    [changed] = vectors(memory, VectorKind.EPISODE)[ids[0]]
    assert not np.allclose(changed, vector, atol=1e-3)
    index = EpisodeIndex(
        memory.internals.database, phi.identity, index_folder(memory.internals.database)
    )
    assert index.search(phi.query("late ferry"), 3)[0].tolist() == [ids[0]]
    remove(memory, ids[0])
    assert index.search(phi.query("late ferry"), 3)[0].size == 0


def test_an_encoder_that_this_program_cannot_make_again_is_replaced(memory: Memory) -> None:
    write(memory, "a", "ferry")
    memory.encode(encoder=WordEncoder())
    assert encoder_in_use(memory.internals.database) is None
    memory.encode()
    assert encoder_in_use(memory.internals.database) is not None


def test_counts_that_somebody_changed_are_named_as_damage(memory: Memory) -> None:
    write(memory, "a", "ferry")
    memory.encode()
    memory.internals.database.execute("UPDATE encoders SET made_with = x'c1'")
    with pytest.raises(errors.DamagedStore, match="encoder's counts"):
        encoder_in_use(memory.internals.database)
    assert PieceCounts().runs == 0
