"""Any course of saving, forking and forgetting, beside a model of what must be there."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine import Keep, open_memory
from hpm_engine.evaluation.checkpoints.kill import kill_rounds
from hpm_engine.store.checkpoints.cutting import LEAST, MOST, pieces

_ACTS = st.lists(
    st.tuples(st.sampled_from("sssseffgk"), st.integers(0, 2), st.integers(0, 1_000_000)),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(_ACTS)
def test_what_stays_is_whole_and_nothing_is_left_over(
    acts: list[tuple[str, int, int]],
) -> None:
    model: dict[int, tuple[str, bytes]] = {}
    with (
        tempfile.TemporaryDirectory() as folder,
        open_memory(Path(folder) / "a.hpm", create=True) as memory,
    ):
        state = random.Random(5).randbytes(40_000) + b"ferry " * 9_000
        for act, thread_number, number in acts:
            thread = f"thread {thread_number}"
            ids = sorted(model)
            if act in "se":
                offset = number % len(state)
                state = state[:offset] + b"%d" % number + state[offset + number % 3 :]
                model[memory.checkpoints.save(thread, state).id] = (thread, state)
            elif act == "f" and ids:
                source = ids[number % len(ids)]
                fork = memory.checkpoints.fork(source, thread)
                model[fork.id] = (thread, model[source][1])
            elif act == "g" and ids:
                memory.checkpoints.forget(ids[number % len(ids)])
                del model[ids[number % len(ids)]]
            elif act == "k":
                memory.checkpoints.keep(Keep(last=2), thread)
                mine = [key for key in ids if model[key][0] == thread]
                for key in mine[:-2]:
                    del model[key]
        states = memory.checkpoints.states(sorted(model))
        assert states == {key: kept for key, (_, kept) in model.items()}
        value = memory.internals.database.value
        assert value("SELECT count(*) FROM checkpoints") == len(model)
        wanted = {piece for _, kept in model.values() for piece in pieces(kept)}
        assert value("SELECT count(*) FROM state_pieces") == len(wanted)
        assert memory.figures.health(check=True).problems == ()


@given(st.integers(0, 2**32), st.integers(0, 600_000))
@settings(max_examples=40, deadline=None)
def test_pieces_are_the_state_and_have_their_sizes(seed: int, size: int) -> None:
    chance = random.Random(seed)
    state = chance.randbytes(size // 2) + bytes(size - size // 2)
    cut = pieces(state)
    assert b"".join(cut) == state
    assert all(LEAST <= len(piece) <= MOST for piece in cut[:-1])
    assert all(0 < len(piece) <= MOST for piece in cut)


def test_an_insertion_leaves_the_pieces_around_it() -> None:
    """Also across the blocks of a megabyte in which a state is looked at."""
    state = random.Random(3).randbytes(3_000_000)
    before = set(pieces(state))
    for offset in (0, 5, 1_048_576, 1_500_000, 2_999_999):
        after = pieces(state[:offset] + b"a few bytes more" + state[offset:])
        assert len([piece for piece in after if piece not in before]) <= 5


def test_a_killed_saver_leaves_what_it_acknowledged(tmp_path: Path) -> None:
    """A few rounds of what `hpm bench checkpoints` does fifty times."""
    rounds = 4
    counts = kill_rounds(tmp_path, rounds, lambda text: None)
    assert set(counts.values()) == {rounds}, counts
