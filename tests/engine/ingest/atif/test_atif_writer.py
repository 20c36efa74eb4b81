from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.atif.extra import EpisodeExtra, original
from hpm_engine.ingest.atif.writer import Heading, trajectory
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Outcome, Part, PartKind, StepFlag, StepSource
from tests.support.files.trace_sources import memory_source, read_one

ABOUT = EpisodeExtra(format="chat", key="k-1", task="Fix it", outcome=Outcome.PARTIAL)
# Large sets of one format: of these every 25th episode, of all others each.
_LARGE = {"mini-swe-agent-gemini3pro", "swe-agent-v1", "intercode", "terminal-bench-mini-logs"}


def written(steps: Sequence[StepDraft], about: EpisodeExtra = ABOUT) -> bytes:
    return b"".join(trajectory(Heading(about, "tester", steps=len(steps)), steps))


def there_and_back(steps: Sequence[StepDraft]) -> tuple[EpisodeDraft, list[StepDraft]]:
    return read_one(memory_source(written(steps)))


def without_costs(steps: Sequence[StepDraft]) -> list[tuple[object, ...]]:
    """All of the steps but their place in a source and their own cost, which no store keeps."""
    return [(s.source, s.parts, s.at, s.flags, s.model, s.tokens_in, s.tokens_out) for s in steps]


def call(text: str, call_id: str = "c1") -> Part:
    return Part(PartKind.CALL, text, "bash", call_id)


def test_a_plain_step_is_plain_atif_without_extra() -> None:
    parts = (
        Part(PartKind.REASONING, "I must look."),
        Part(PartKind.MESSAGE, "Looking."),
        call('{"command": "ls",  "n": 1.50}'),
        Part(PartKind.RESULT, "a.py", "", "c1"),
    )
    step = StepDraft(StepSource.AGENT, parts, 1_700_000_000_123_456, model="m", tokens_in=3)
    document = json.loads(written([step]))
    assert document["steps"] == [
        {
            "step_id": 1,
            "source": "agent",
            "timestamp": "2023-11-14T22:13:20.123456Z",
            "model_name": "m",
            "reasoning_content": "I must look.",
            "message": "Looking.",
            "tool_calls": [
                {
                    "tool_call_id": "c1",
                    "function_name": "bash",
                    "arguments": {"command": "ls", "n": 1.5},
                }
            ],
            "observation": {"results": [{"source_call_id": "c1", "content": "a.py"}]},
            "metrics": {"prompt_tokens": 3},
        }
    ]
    assert document["schema_version"] == "ATIF-v1.5"
    _, steps = there_and_back([step])
    assert without_costs(steps) == without_costs([step])
    assert steps[0].parts[2].text == '{"command": "ls",  "n": 1.50}', "as it was written"


def test_what_atif_has_no_field_for_comes_back_from_extra() -> None:
    steps = [
        StepDraft(StepSource.USER, (Part(PartKind.RESULT, "out", "", "", True),)),
        StepDraft(
            StepSource.AGENT,
            (
                Part(PartKind.MESSAGE, "One.", "planner", "m1"),
                call("ls -la", ""),
                Part(PartKind.RESULT, "[1, 2]", "bash", "", True),
                Part(PartKind.MESSAGE, "Two."),
                Part(PartKind.REASONING, ""),
            ),
            flags=StepFlag.ERROR | StepFlag.INTERRUPTED | StepFlag.MISTAKE,
        ),
        StepDraft(StepSource.SYSTEM, (call('{"a": NaN}'),), -5, StepFlag.COPIED, "m", 1, None),
        StepDraft(StepSource.AGENT, (), tokens_out=4),
    ]
    document = json.loads(written(steps))
    assert document["steps"][1]["message"] == "One.\n\nTwo.", "other programs read it all"
    assert document["steps"][1]["tool_calls"][0]["arguments"] == {"text": "ls -la"}
    assert without_costs(there_and_back(steps)[1]) == without_costs(steps)


def test_the_episodes_facts_come_back_under_a_key_of_its_own() -> None:
    about = EpisodeExtra(
        format="claude-code",
        key="s/1",
        parent="p",
        project="clock",
        cwd="/c",
        branch="b",
        task="T",
        outcome=Outcome.SUCCESS,
        started_at=5,
        ended_at=7,
    )
    step = StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, "Other task"),))
    episode, _ = read_one(memory_source(written([step], about)))
    assert (episode.format, episode.key) == ("atif", "export:claude-code/s/1")
    assert episode.parent_key == "export:claude-code/p"
    assert (episode.project, episode.cwd, episode.branch) == ("clock", "/c", "b")
    assert (episode.task, episode.outcome) == ("T", Outcome.SUCCESS)
    assert (episode.started_at, episode.ended_at) == (5, 7)
    assert original(episode.format, episode.key) == ("claude-code", "s/1")


def test_extras_that_do_not_fit_say_nothing() -> None:
    step = StepDraft(StepSource.AGENT, (Part(PartKind.MESSAGE, "Hi"), Part(PartKind.MESSAGE, "Ho")))
    document = json.loads(written([step]))
    parts = document["steps"][0]["extra"]["hpm"]["parts"]
    for spoilt in ([{**parts[0], "size": 99}], [{"kind": "call"}], [{"kind": "?"}], "x", [7]):
        document["steps"][0]["extra"] = {"hpm": {"parts": spoilt}}
        document["extra"] = {"hpm": {"outcome": "splendid"}}
        episode, steps = read_one(memory_source(json.dumps(document).encode()))
        assert [part.text for part in steps[0].parts] == ["Hi\n\nHo"]
        assert episode.outcome is Outcome.UNKNOWN


TEXTS = (
    st.text(st.characters(codec="utf-8"), max_size=30)
    | st.sampled_from(
        ["", "null", "{}", '{"text":"x"}', '{"a":1,"a":2}', '{"n":1e999}', "{", '"x"', " {} "]
    )
    | st.just("data:image/png;base64," + "A" * 80)
)
PARTS = st.builds(
    Part, st.sampled_from(PartKind), TEXTS, TEXTS, st.sampled_from(["", "c1", "c2"]), st.booleans()
)
STEPS = st.builds(
    StepDraft,
    st.sampled_from(StepSource),
    st.lists(PARTS, max_size=6).map(tuple),
    st.none() | st.integers(1, 253_402_300_799_999_999),
    st.integers(0, sum(StepFlag)).map(StepFlag),
    TEXTS,
    st.none() | st.integers(0, 1 << 36),
    st.none() | st.integers(0, 1 << 36),
)


@settings(max_examples=300)
@given(st.lists(STEPS, min_size=1, max_size=4))
def test_any_steps_come_back_as_they_were(steps: list[StepDraft]) -> None:
    assert without_costs(there_and_back(steps)[1]) == without_costs(steps)


def test_every_real_episode_comes_back_as_it_was(data: Path) -> None:
    formats = set()
    count = 0
    for folder in sorted(data.iterdir()):
        number = 0
        for source in walk([folder]) if folder.is_dir() else ():
            for draft in _episodes(source):
                number += 1
                if folder.name in _LARGE and number % 25:
                    continue
                steps = list(draft.steps)
                assert without_costs(there_and_back(steps)[1]) == without_costs(steps), (
                    draft.format,
                    draft.key,
                )
                formats.add(draft.format)
                count += 1
    assert len(formats) > 15
    assert count > 500


def _episodes(source: object) -> list[EpisodeDraft]:
    if not isinstance(source, SourceFile):  # a database's second file
        return []
    reader = detect(source)
    if isinstance(reader, NotATrace):
        return []
    try:
        drafts = []
        for draft in reader.read(source):
            draft.steps = list(draft.steps)
            if draft.steps:
                drafts.append(draft)
    except CannotImport:
        return []
    return drafts
