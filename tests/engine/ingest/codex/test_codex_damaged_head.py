"""A rollout whose first line is damaged keeps its session's id, and never takes another's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hpm_engine.ingest.codex.reader import CodexReader
from hpm_engine.ingest.detect import detect
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.episodes import StepFlag
from tests.support.files.line_sources import only, source_of, texts

OWN = "019e1625-789d-76c0-80ab-3724b5ddb799"
PARENT = "019e1620-0000-76c0-80ab-3724b5ddb700"
NAME = f"rollout-2026-05-11T11-26-55-{OWN}.jsonl"


def line(time: str, kind: str, **payload: Any) -> bytes:
    record = {"timestamp": f"2026-05-11T{time}Z", "type": kind, "payload": payload}
    return json.dumps(record).encode() + b"\n"


def said(time: str, text: str) -> bytes:
    return line(time, "event_msg", type="user_message", message=text)


HEAD = line("11:26:55", "session_meta", id=OWN, timestamp="2026-05-11T11:26:55Z", cwd="/w/orchard")
TURN = said("11:27:00", "Prune the pear")
PARENT_HEAD = line("11:26:55", "session_meta", id=PARENT, timestamp="2026-05-11T10:00:00Z")
REPLAYED = PARENT_HEAD + said("10:00:10", "Count the plums")
NULS = b"\0" * 300 + b"\n"


def draft_of(data: bytes, name: str = "copy.jsonl") -> tuple[EpisodeDraft, list[str]]:
    source = source_of(data, name)
    reader = detect(source)
    assert isinstance(reader, CodexReader)
    draft, steps = only(reader, source)
    return draft, texts([step for step in steps if not step.flags & StepFlag.COPIED])


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (HEAD + TURN, "copy.jsonl"),
        (HEAD[:150] + b"\n" + TURN, "copy.jsonl"),
        (HEAD[:150] + TURN, "copy.jsonl"),
        (HEAD[:70] + b"\n" + TURN, NAME),
        (HEAD[80:] + TURN, NAME),
        (NULS + TURN, NAME),
        (TURN, NAME),
        (line("11:26:55", "rollout_header", v=2) + HEAD + TURN, "copy.jsonl"),
        (line("11:26:55", "rollout_header", v=2) + TURN, NAME),
        (b"\xef\xbb\xbf" + HEAD + TURN, NAME.replace(OWN, PARENT)),
    ],
)
def test_the_session_keeps_its_id(data: bytes, name: str) -> None:
    draft, words = draft_of(data, name)
    assert (draft.key, words) == (OWN, ["Prune the pear"])


@pytest.mark.parametrize(
    ("data", "name", "key"),
    [
        (HEAD[:150] + b"\n" + REPLAYED + TURN, "copy.jsonl", OWN),
        (HEAD[:150] + REPLAYED + TURN, "copy.jsonl", OWN),
        (HEAD[:70] + b"\n" + REPLAYED + TURN, NAME, OWN),
        (NULS + REPLAYED + TURN, NAME, OWN),
        (HEAD[80:] + REPLAYED + TURN, NAME, OWN),
        (HEAD[:70] + b"\n" + REPLAYED + TURN, "copy.jsonl", ""),
        (HEAD[80:] + REPLAYED + TURN, "copy.jsonl", ""),
    ],
)
def test_a_fork_without_its_head_is_not_its_parent(data: bytes, name: str, key: str) -> None:
    draft, _ = draft_of(data, name)
    assert draft.continues_key == PARENT
    assert draft.key == key or (not key and draft.key.startswith("rollout-"))


def test_what_a_fork_repeats_is_marked_although_its_head_is_cut() -> None:
    _, words = draft_of(HEAD[:150] + b"\n" + REPLAYED + TURN)
    assert words == ["Prune the pear"]


def test_each_kind_of_line_is_read_or_passed_over_by_name() -> None:
    source = source_of(
        HEAD
        + TURN
        + line("11:27:01", "event_msg", type="agent_reasoning", text="Hm")
        + line("11:27:02", "response_item", type="ghost_snapshot", ghost_commit={})
        + line("11:27:03", "response_item", type="telepathy")
        + line("11:27:04", "event_msg", type="sneeze")
        + line("11:27:05", "novelty")
        + b'{"record_type": "state"}\n'
        + b'{"timestamp": "2026-05-11T11:27:06Z", "type": "response_item", "pay\n'
    )
    only(CodexReader(), source)
    account = source.account.sums()
    passed = dict(account.passed_over)
    assert (account.read, account.damaged, sum(passed.values())) == (2, 1, 6)
    assert account.read + account.damaged + sum(passed.values()) == 9
    assert passed["shown only: agent_reasoning"] == passed["bookkeeping: ghost_snapshot"] == 1
    assert passed["bookkeeping: state"] == 1
    assert dict(account.unknown) == {
        "an item of type telepathy": 1,
        "an event of type sneeze": 1,
        "a line of type novelty": 1,
    }
