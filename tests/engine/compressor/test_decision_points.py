from __future__ import annotations

import numpy as np
import pytest

from hpm_engine.compressor.evidence.decision_points import decision_points


def segments(*lengths: int, noise: float = 0.02) -> np.ndarray:
    """Unit vectors about one direction for each segment."""
    draw = np.random.default_rng(1)
    rows = np.concatenate(
        [np.repeat(np.eye(8)[[phase]], length, axis=0) for phase, length in enumerate(lengths)]
    )
    rows = rows + noise * draw.standard_normal(rows.shape)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def test_points_are_where_the_actions_change_course() -> None:
    assert decision_points(segments(6, 9, 5)) == (6, 15)


def test_one_course_has_no_point() -> None:
    assert decision_points(segments(20)) == ()


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_a_short_episode_has_none(length: int) -> None:
    assert decision_points(segments(length)[:length].reshape(length, 8)) == ()


def test_a_larger_penalty_gives_fewer_points() -> None:
    actions = np.random.default_rng(2).standard_normal((200, 8)).astype(np.float32)
    actions /= np.linalg.norm(actions, axis=1, keepdims=True)
    assert len(decision_points(actions, 0.5)) > len(decision_points(actions, 1.0)) > 0
