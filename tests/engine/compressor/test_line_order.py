from __future__ import annotations

import msgspec
import numpy as np
import pytest

from hpm_engine.compressor.compression import Compressor, compress
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER, EpisodeIdentifiers
from hpm_engine.compressor.evidence.scorer import Evidence, Filling, Scorer, Scores
from hpm_engine.compressor.evidence.trajectory import trajectory
from hpm_engine.compressor.packing.line_order import NEVER, REASONS, LineOrder, line_order
from hpm_engine.compressor.packing.quotas import SHARES, quota_lines
from hpm_engine.compressor.reading_back import words_left
from hpm_engine.compressor.scorers.rules import COUNT, STEP_RULES
from hpm_engine.compressor.scorers.scorers import scorers
from hpm_engine.errors import BadModel
from hpm_engine.values.compression import Budget, KeptFor, KeptSpan
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource
from tests.support.patched_sessions import steps


def evidence(length: int, extra: tuple[Step, ...] = ()) -> Evidence:
    of = trajectory([*steps(length), *extra])
    return Evidence(of, EpisodeIdentifiers(of), ())


def ordered(of: Evidence) -> LineOrder:
    return line_order(of, COUNT.scores(of), Filling.HYBRID)


def beginning(of: Evidence, room: float) -> list[tuple[int, KeptFor]]:
    """The lines, with their reasons, until so many characters are taken."""
    order = ordered(of)
    count = int(np.searchsorted(order.ends, room))
    return [
        (line, REASONS[reason])
        for line, reason in zip(order.lines[:count].tolist(), order.reasons, strict=False)
    ]


def lines_of(spans: tuple[KeptSpan, ...]) -> set[tuple[int, int, int]]:
    return {
        (span.seq, span.part, span.line + n)
        for span in spans
        for n in range(span.text.count("\n") + 1)
    }


def test_what_a_smaller_budget_keeps_a_larger_one_keeps_too() -> None:
    of = evidence(120)
    kept: set[tuple[int, int, int]] = set()
    for ratio in (64.0, 24.0, 12.0, 6.0, 3.0):
        compression = compress(of, COUNT, Budget(ratio=ratio))
        assert compression is not None
        more = lines_of(compression.kept.spans)
        assert kept <= more
        kept = more
    assert kept


def test_every_line_comes_once() -> None:
    of = evidence(60)
    order = ordered(of)
    assert sorted(order.lines.tolist()) == list(range(len(of.trajectory.lines)))
    sizes = [len(of.trajectory.lines[line]) + 1 for line in order.lines]
    assert order.ends.tolist() == [0, *np.cumsum(sizes).tolist()]


def test_it_is_known_where_each_identifier_is_first_held() -> None:
    of = evidence(60)
    order = ordered(of)
    lines = [set(IDENTIFIER.findall(of.trajectory.lines[line])) for line in order.lines]
    for word, name in enumerate(of.identifiers.words):
        assert order.first[word] == [name in line for line in lines].index(True)
    only_acted = line_order(of, COUNT.scores(of), Filling.ACTIONS)
    never = only_acted.first == NEVER
    held = set().union(*(lines[order.lines.tolist().index(line)] for line in only_acted.lines))
    assert never.any()
    for word, name in enumerate(of.identifiers.words):
        assert never[word] == (name not in held)


@pytest.mark.parametrize("room", [2_000, 8_000, 20_000])
def test_no_quota_takes_more_than_its_share_while_others_have_lines(room: int) -> None:
    turns = tuple(
        Step(
            1,
            40 + n,
            StepSource.USER,
            StepFlag(0),
            n,
            "",
            None,
            None,
            (Part(PartKind.MESSAGE, "\n".join(f"And now line {n} of {m}" for m in range(99))),),
        )
        for n in range(20)
    )
    of = evidence(40, turns)
    taken: dict[KeptFor, int] = dict.fromkeys(KeptFor, 0)
    for line, reason in beginning(of, room):
        taken[reason] += len(of.trajectory.lines[line]) + 1
    total = sum(taken.values())
    assert taken[KeptFor.USER] > 0.8 * SHARES[KeptFor.USER] * total
    assert taken[KeptFor.USER] <= SHARES[KeptFor.USER] * total + 400
    assert taken[KeptFor.COVER] > 0.3 * total


def test_a_line_too_long_for_its_share_does_not_keep_others_out() -> None:
    giant = Part(PartKind.MESSAGE, "x" * 50_000)
    first = Step(1, 0, StepSource.USER, StepFlag(0), 0, "", None, None, (giant,))
    of = trajectory([first, *steps(60)[1:]])
    given = Evidence(of, EpisodeIdentifiers(of), ())
    assert quota_lines(of)[KeptFor.TASK] == [0]
    first = dict(beginning(given, 5_000))
    assert 0 not in first
    assert {KeptFor.CHANGE, KeptFor.COVER} <= set(first.values())
    assert 0 in ordered(given).lines


def test_no_identifier_is_lost_where_a_list_of_all_fits() -> None:
    repeated = steps(80)
    line = repeated[5].parts[2].text
    more = [
        Step(1, 80 + n, StepSource.AGENT, StepFlag(0), n, "", None, None, (
            Part(PartKind.RESULT, "\n".join(f"{line} {n} {m}" for m in range(9)), "", "c"),
        ))
        for n in range(400)
    ]  # fmt: skip
    of = trajectory([*repeated, *more])
    given = Evidence(of, EpisodeIdentifiers(of), ())
    compression = compress(given, COUNT, Budget())
    assert compression is not None
    assert words_left(compression.kept) == set(given.identifiers.words)
    assert compression.kept.spans
    small = compress(given, COUNT, Budget(ratio=1_000.0))
    assert small is not None
    assert words_left(small.kept) < set(given.identifiers.words)


def test_all_of_an_episode_is_kept_where_the_budget_holds_it() -> None:
    of = evidence(60)
    compression = compress(of, COUNT, Budget(ratio=1.5))
    assert compression is not None
    assert len(lines_of(compression.kept.spans)) == len(of.trajectory.lines)
    assert not compression.kept.ledger
    counts = np.frombuffer(compression.kept.counts, np.uint8)
    assert len(counts) == len(of.identifiers)


@pytest.mark.parametrize(
    "scorer", [COUNT, STEP_RULES[0], STEP_RULES[-1]], ids=lambda scorer: scorer.name
)
def test_a_budget_is_filled_the_same_whatever_was_asked_before(scorer: Scorer) -> None:
    # It packs so well that more of the order is asked for than at first.
    of = trajectory([
        Step(1, n, StepSource.AGENT, StepFlag(0), n, "", None, None, (Part(
            PartKind.CALL, "\n".join([f"again the same_identifier stands here {n}"] * 30), "sh", "c"
        ),))
        for n in range(60)
    ])  # fmt: skip
    given = Evidence(of, EpisodeIdentifiers(of), ())
    asked = Compressor(given, scorer)
    assert asked.order.steps
    for ratio in (1.3**power for power in range(4, 24)):
        compression = compress(given, scorer, Budget(ratio=ratio))
        again = asked.within(Budget(ratio=ratio))
        assert compression is not None and again is not None
        assert compression.data == again.data


@pytest.mark.parametrize("scorer", scorers().values(), ids=lambda scorer: scorer.name)
def test_every_scorers_lines_have_an_order_with_bytes(scorer: Scorer) -> None:
    order = Compressor(evidence(30), scorer).order
    count = len(order.steps) // 4
    assert count and len(order.sizes) == 4 * count
    texts = np.frombuffer(order.texts, np.float32)
    assert len(texts) == len(np.frombuffer(order.listed, np.float32)) == count + 1
    assert texts[0] == 0 and (np.diff(texts) > 0).all()


def test_a_long_command_does_not_keep_the_other_best_steps_out() -> None:
    long = "\n".join(f"echo line {n} of a very long command that says the same" for n in range(400))
    more = [
        Step(1, 60 + n, StepSource.AGENT, StepFlag(0), n, "", None, None, (
            Part(PartKind.CALL, long if n == 3 else f"ls d{n}", "sh", "c"),
        ))
        for n in range(40)
    ]  # fmt: skip
    of = trajectory([*steps(60), *more])
    given = Evidence(of, EpisodeIdentifiers(of), ())
    values = np.zeros(of.length, np.float32)
    best = [63, 61, 70, 75, 80, 85, 90, 95]  # the long command is the best of all
    values[best] = np.linspace(1, 0.5, len(best))
    scores = Scores(values, COUNT.scores(given).words)
    order = line_order(given, scores, Filling.HYBRID)
    steps_of = np.repeat(of.seqs, np.diff(of.starts))
    taken = order.lines[: int(np.searchsorted(order.ends, 12_000))]
    assert set(best) <= set(steps_of[taken].tolist())


@pytest.mark.parametrize("wrong", ["steps", "words"])
def test_nothing_is_compressed_by_values_that_are_no_numbers(wrong: str) -> None:
    given = evidence(30)
    scores = COUNT.scores(given)
    values = getattr(scores, wrong).copy()
    values[3] = np.nan
    broken = msgspec.structs.replace(scores, **{wrong: values})

    class Broken:
        name, filling = "broken", Filling.HYBRID

        def scores(self, evidence: Evidence) -> Scores:
            return broken

    with pytest.raises(BadModel, match="broken"):
        compress(given, Broken(), Budget())
