from __future__ import annotations

import numpy as np
import pytest

from hpm_engine.config import PROJECT_CANARIES, RETIREMENT_CYCLES
from hpm_engine.consolidator.canary import chosen, found_share, lost
from hpm_engine.consolidator.forgetting import retention
from hpm_engine.consolidator.long_term import LongTerm
from hpm_engine.consolidator.upkeep import tidy
from hpm_engine.consolidator.windows import unit
from hpm_engine.recall.prototype_labels import LabelWords, labels
from hpm_engine.values.consolidation import Member


def test_retention_of_a_history_that_can_be_worked_out_by_hand() -> None:
    measures = retention([{"a": 0.8}, {"a": 0.9, "b": 0.6}, {"a": 0.4, "b": 0.5, "c": 0.9}])
    assert measures is not None
    assert measures.acc == pytest.approx(0.6)
    assert measures.just_learned == pytest.approx((0.8 + 0.6 + 0.9) / 3)
    assert measures.ratio == pytest.approx(0.6 / measures.just_learned)
    assert measures.bwt == pytest.approx((-0.4 - 0.1) / 2)
    assert measures.forgetting == pytest.approx((0.5 + 0.1) / 2)
    assert retention([]) is None


def many(count: int) -> LongTerm:
    means = np.eye(16)[:count]
    return LongTerm(means, np.ones((count, 16)), np.full(count, 5.0), np.full(count, 4.0))


def test_prototypes_that_say_the_same_become_one() -> None:
    three = many(3)
    means = three.means.copy()
    means[2] = unit((means[0] + 0.1 * means[1])[None])[0]
    tidied = tidy(three._replace(means=means, counts=np.array([5.0, 5.0, 20.0])), [0, 0, 0])
    assert tidied.merged == ((0, 2),)
    assert tidied.kept.tolist() == [1, 2]
    assert tidied.after.counts.tolist() == [5, 25]
    assert tidied.after.information[1] == pytest.approx(np.full(16, 2.0))
    assert tidied.after.means[1] @ means[0] > tidied.after.means[1] @ means[1]


def test_a_prototype_that_nothing_uses_retires_and_one_that_is_used_never() -> None:
    counts = np.array([0.2, 0.2, 50.0])
    tidied = tidy(
        many(3)._replace(counts=counts),
        [RETIREMENT_CYCLES.value, RETIREMENT_CYCLES.value - 1, 1_000],
    )
    assert tidied.retired == (0,)
    assert tidied.kept.tolist() == [1, 2]


def links(episodes: int, each: int = 3) -> list[Member]:
    return [Member(1, e, n, 5 * n, 5 * n + 5, 1.0, 1) for e in range(episodes) for n in range(each)]


def test_canaries_stay_the_same_as_memories_are_added() -> None:
    few, more = links(40), links(60)
    first = chosen(few, dict.fromkeys(range(60), "p"))
    second = chosen(more, dict.fromkeys(range(60), "p"))
    assert len(first) == len(second) == PROJECT_CANARIES.value
    assert set(second) & {(e, n) for e in range(40) for n in range(3)} <= set(first)
    assert len(set(first) & set(second)) > PROJECT_CANARIES.value / 3


def test_every_project_has_canaries() -> None:
    projects = {e: "large" if e < 90 else f"small{e}" for e in range(100)}
    assert {projects[e] for e, _ in chosen(links(100), projects)} == set(projects.values())


def test_a_canary_is_found_where_the_nearest_prototype_holds_its_episode() -> None:
    rows, means = np.eye(3), np.eye(3)[[0, 1]]
    projects = {1: "a", 2: "a", 3: "b"}
    held = [{1}, {7}]
    assert found_share(rows, [1, 2, 3], projects, means, held) == {"a": 0.5, "b": 0.0}
    assert lost({"a": 0.5, "b": 1.0}, {"a": 0.25, "c": 1.0}) == pytest.approx(0.625)
    assert lost({}, {"a": 1.0}) == 0


def test_a_label_leaves_out_what_all_prototypes_say() -> None:
    pair = labels([LabelWords({"common": 9, "alpha": 2}), LabelWords({"common": 9, "beta": 2})])
    assert [label.terms[0] for label in pair] == ["alpha", "beta"]
