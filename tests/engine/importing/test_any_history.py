"""Whatever happens to session files, the store is what a first import of their last state gives."""

from __future__ import annotations

import json
import tempfile
from hashlib import sha256
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from hpm_engine import Edit, EpisodeQuery, FileStatus, Memory, open_memory

NAMES = st.sampled_from(["s1", "s2", "s3"])
Line = dict[str, Any]
BOOKKEEPING: Line = {"type": "file-history-snapshot", "messageId": "x", "snapshot": {}}


def turn(name: str, number: int) -> list[Line]:
    """A prompt, a call and its result: two steps."""
    call = {"type": "tool_use", "id": f"{name}-t{number}", "name": "Bash", "input": {"n": number}}
    result = {"type": "tool_result", "tool_use_id": f"{name}-t{number}", "content": f"out {number}"}
    turns = [("user", f"Wish {number} of {name}"), ("assistant", [call]), ("user", [result])]
    return [
        {
            "type": kind,
            "sessionId": name,
            "uuid": f"{name}-{number}-{part}",
            "timestamp": f"2026-03-01T10:{number:02}:0{part}.000Z",
            "message": {"id": f"{name}-m{number}", "content": content},
        }
        for part, (kind, content) in enumerate(turns)
    ]


def written(lines: list[Line]) -> bytes:
    return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def facts(memory: Memory) -> dict[str, tuple[object, ...]]:
    """What a store says of each session, without what depends on when it was imported."""
    results = memory.episodes.find(EpisodeQuery())
    return {
        episode.key: (
            memory.episodes.detail(episode.id).digest,
            sha256(b"".join(memory.originals.whole(episode.id))).hexdigest(),
            [step.parts for step in memory.steps.read(episode.id)],
            [memory.originals.step(episode.id, seq) for seq in range(episode.steps)],
            memory.steps.matching(episode.id, "out"),
        )
        for episode in memory.episodes.get(results.window(0, len(results)))
    }


class Histories(RuleBasedStateMachine):
    """Sessions that grow, are rewritten, copied, met again as they were, and marked."""

    def __init__(self) -> None:
        super().__init__()
        self.held = tempfile.TemporaryDirectory()
        self.folder = Path(self.held.name)
        self.memory = open_memory(self.folder / "a.hpm", create=True)
        self.lines: dict[str, list[Line]] = {}
        self.earlier: list[bytes] = []
        self.turns = 0
        self.marks: dict[str, tuple[bool, tuple[str, ...]]] = {}
        self.edits: list[tuple[Edit, dict[str, tuple[bool, tuple[str, ...]]]]] = []

    @initialize(name=NAMES)
    def begin(self, name: str) -> None:
        self.grow([name], 2)

    def bring(self, *names: str, folder: str = "one") -> None:
        target = self.folder / folder
        target.mkdir(exist_ok=True)
        for name in names:
            data = written(self.lines[name])
            self.earlier.append(data)
            (target / f"{name}.jsonl").write_bytes(data)
            self.marks.setdefault(name, (False, ()))
        report = self.memory.import_paths([target / f"{name}.jsonl" for name in names])
        assert not report.with_status(FileStatus.FAILED)

    @rule(names=st.lists(NAMES, min_size=1, max_size=3, unique=True), count=st.integers(1, 3))
    def grow(self, names: list[str], count: int) -> None:
        for name in names:
            for _ in range(count):
                self.turns += 1
                self.lines.setdefault(name, []).extend(turn(name, self.turns % 60))
        self.bring(*names)

    @rule(name=NAMES, position=st.integers(0, 9))
    def gain_a_line_that_is_no_step(self, name: str, position: int) -> None:
        if name in self.lines:
            self.lines[name].insert(position, BOOKKEEPING)
            self.bring(name)

    @rule(name=NAMES, position=st.integers(0, 9))
    def have_a_result_rewritten(self, name: str, position: int) -> None:
        for line in self.lines.get(name, [])[position:]:
            content = line.get("message", {}).get("content")
            if isinstance(content, list) and content[0]["type"] == "tool_result":
                content[0]["content"] += " rewritten"
                self.bring(name)
                return

    @rule(name=NAMES)
    def be_copied_elsewhere_and_grow_there(self, name: str) -> None:
        if name in self.lines:
            self.turns += 1
            self.lines[name] += turn(name, self.turns % 60)
            self.bring(name, folder="two")

    @rule(data=st.data())
    def meet_a_shorter_state_again(self, data: st.DataObject) -> None:
        old = data.draw(st.sampled_from(self.earlier))
        lines = [line for line in map(json.loads, old.splitlines()) if line["type"] == "user"]
        now = self.lines[lines[0]["sessionId"]]
        if len(lines) < sum(line["type"] == "user" for line in now):
            path = self.folder / "old.jsonl"
            path.write_bytes(old)
            (file,) = self.memory.import_paths([path]).files
            assert file.status is FileStatus.UNCHANGED

    def ids(self) -> dict[str, int]:
        ids = self.memory.episodes.find(EpisodeQuery()).window(0, 100)
        return {episode.key: episode.id for episode in self.memory.episodes.get(ids)}

    @rule(name=NAMES, pinned=st.booleans())
    def be_pinned(self, name: str, pinned: bool) -> None:
        if name in self.marks:
            before = dict(self.marks)
            self.marks[name] = (pinned, self.marks[name][1])
            self.edits = [(self.memory.marks.set_pinned([self.ids()[name]], pinned), before)]

    @rule(name=NAMES, tag=st.sampled_from(["good", "bad"]))
    def be_tagged(self, name: str, tag: str) -> None:
        if name in self.marks:
            before = dict(self.marks)
            pinned, tags = self.marks[name]
            self.marks[name] = (pinned, tuple(sorted({*tags, tag})))
            self.edits = [(self.memory.marks.add_tag([self.ids()[name]], tag), before)]

    @rule()
    def have_the_last_mark_undone(self) -> None:
        if self.edits:
            edit, before = self.edits.pop()
            self.memory.marks.undo(edit)
            self.marks = {name: before.get(name, mark) for name, mark in self.marks.items()}

    @invariant()
    def the_store_is_what_one_import_of_the_last_state_gives(self) -> None:
        if not self.lines:
            return
        with tempfile.TemporaryDirectory() as fresh:
            paths = [Path(fresh) / f"{name}.jsonl" for name in self.lines]
            for path, lines in zip(paths, self.lines.values(), strict=True):
                path.write_bytes(written(lines))
            with open_memory(Path(fresh) / "b.hpm", create=True) as memory:
                memory.import_paths(paths)
                assert facts(self.memory) == facts(memory)

    @invariant()
    def marks_stay_where_they_were_put(self) -> None:
        ids = self.memory.episodes.find(EpisodeQuery()).window(0, 100)
        now = {
            episode.key: (episode.pinned, episode.tags) for episode in self.memory.episodes.get(ids)
        }
        assert now == self.marks

    def teardown(self) -> None:
        health = self.memory.figures.health(check=True)
        self.memory.close()
        self.held.cleanup()
        assert not health.problems


TestAnyHistory = Histories.TestCase
TestAnyHistory.settings = settings(
    max_examples=40,
    stateful_step_count=12,
    suppress_health_check=[HealthCheck.too_slow],
)
