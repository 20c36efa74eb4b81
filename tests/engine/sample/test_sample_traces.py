from __future__ import annotations

from collections import Counter

import msgspec
import pytest

from hpm_engine.sample.build import SampleTraces, generate


@pytest.fixture(scope="module")
def sample() -> SampleTraces:
    return generate()


def test_two_generations_give_the_same_bytes(sample: SampleTraces) -> None:
    again = generate()
    assert again.traces == sample.traces
    assert again.labels == sample.labels
    assert again.truth.to_json() == sample.truth.to_json()


def test_the_traces_are_a_believable_amount(sample: SampleTraces) -> None:
    assert 15_000_000 < sample.size() < 40_000_000
    assert sum(len(files) for files in sample.traces.values()) >= 150
    assert set(sample.traces) == {"claude-code", "codex"}


def test_every_session_has_its_own_key_and_task(sample: SampleTraces) -> None:
    keys = Counter(session.session for session in sample.truth.sessions)
    tasks = Counter(session.task for session in sample.truth.sessions)
    assert max(keys.values()) == 1
    assert max(tasks.values()) == 1
    assert not any("{" in task for task in tasks)


def test_at_least_three_sessions_have_twelve_hundred_steps(sample: SampleTraces) -> None:
    long = [session for session in sample.truth.sessions if session.steps >= 1200]
    assert len(long) >= 3
    assert {session.agent for session in long} == {"claude-code", "codex"}


def test_no_placeholder_is_left_in_what_is_said(sample: SampleTraces) -> None:
    phrases = (b"{function}", b"{other}", b"{cause", b"{fix", b"{noun}", b"{answer", b"{because")
    for files in sample.traces.values():
        for name, data in files.items():
            assert not any(phrase in data for phrase in phrases), name


def test_every_line_is_a_json_object(sample: SampleTraces) -> None:
    for files in sample.traces.values():
        for name, data in files.items():
            assert data.endswith(b"\n"), name
            for line in data.splitlines():
                assert isinstance(msgspec.json.decode(line), dict)


def test_sessions_end_in_all_ways(sample: SampleTraces) -> None:
    outcomes = Counter(session.outcome for session in sample.truth.sessions)
    assert outcomes["success"] > outcomes["failure"] >= 10
    assert outcomes[""] >= 10
    assert sum(bool(session.continues) for session in sample.truth.sessions) == 8


def test_the_traces_hold_what_makes_the_formats_hard(sample: SampleTraces) -> None:
    claude = b"".join(sample.traces["claude-code"].values())
    codex = b"".join(sample.traces["codex"].values())
    for mark in (b"compact_boundary", b"[Request interrupted by user", b'"agentId"', b"is_error"):
        assert mark in claude
    for mark in (
        b'"compacted"',
        b"turn_aborted",
        b"Process running with session ID",
        b"forked_from_id",
    ):
        assert mark in codex
