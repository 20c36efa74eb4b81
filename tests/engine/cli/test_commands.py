from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, open_memory
from hpm_engine.store.file.driver import load_driver
from tests.support.command_runs import json_lines, run


def id_of(store: Path, key: str) -> int:
    with open_memory(store, read_only=True) as memory:
        results = memory.episodes.find(EpisodeQuery())
        return next(
            episode.id
            for episode in memory.episodes.get(results.window(0, 10))
            if episode.key == key
        )


def test_import_makes_the_store_and_says_what_was_no_trace(tmp_path: Path, traces: Path) -> None:
    result = run("import", tmp_path / "new.hpm", traces)
    assert result.exit_code == 0
    assert f"not a trace: {traces / 'shopping.txt'}: " in result.stdout
    assert "3 files: 2 new, 0 extended, 0 unchanged, 1 set aside, 0 failed." in result.stdout
    assert "2 episodes added" in result.stdout
    assert "steps; " in result.stdout
    assert "/s)" in result.stdout


def test_importing_again_changes_nothing(store: Path, traces: Path) -> None:
    result = run("import", store, traces)
    assert result.exit_code == 0
    assert "0 new, 0 extended, 3 unchanged" in result.stdout


def test_import_tells_file_by_file_and_the_sums_as_json(tmp_path: Path, traces: Path) -> None:
    result = run("import", tmp_path / "new.hpm", traces, "--json")
    *files, sums = json_lines(result.stdout)
    assert {Path(file["path"]).name: file["status"] for file in files} == {
        "one.jsonl": "added",
        "shopping.txt": "aside",
        "two.jsonl": "added",
    }
    assert sums["episodes_added"] == 2
    assert result.stderr == ""


def test_import_of_something_missing_fails_and_keeps_the_rest(tmp_path: Path, traces: Path) -> None:
    result = run("import", tmp_path / "new.hpm", traces / "one.jsonl", tmp_path / "gone.jsonl")
    assert result.exit_code == 1
    assert "failed: " in result.stdout
    assert "1 new" in result.stdout


def test_import_with_new_refuses_a_store_that_exists(store: Path, traces: Path) -> None:
    before = store.read_bytes()
    result = run("import", store, traces, "--new")
    assert result.exit_code == 2
    assert "exists already" in result.stderr
    assert store.read_bytes() == before


def test_episodes_are_listed_and_searched(store: Path) -> None:
    assert "Find the ferry's timetable bug" in run("episodes", store).stdout
    episodes = json_lines(run("episodes", store, "timetable", "bug", "--json").stdout)
    assert [episode["key"] for episode in episodes] == ["one"]
    assert json_lines(run("episodes", store, "--json", "--", "bug", "-timetable").stdout) == []


def test_episodes_are_filtered_ordered_and_limited(store: Path) -> None:
    assert len(json_lines(run("episodes", store, "--project", "ferry", "--json").stdout)) == 2
    assert json_lines(run("episodes", store, "--agent", "codex", "--json").stdout) == []
    assert json_lines(run("episodes", store, "--outcome", "failure", "--json").stdout) == []
    steps = json_lines(run("episodes", store, "--sort", "steps", "--json").stdout)
    assert [episode["key"] for episode in steps] == ["one", "two"]
    shortest = json_lines(
        run("episodes", store, "--sort", "steps", "--ascending", "--limit", "1", "--json").stdout
    )
    assert [episode["key"] for episode in shortest] == ["two"]


def test_a_query_that_cannot_be_understood_is_wrong_usage(store: Path) -> None:
    result = run("episodes", store, '"open')
    assert result.exit_code == 2
    assert "not closed" in result.stderr


def test_show_prints_the_steps_asked_for(store: Path) -> None:
    episode = id_of(store, "one")
    whole = run("show", store, str(episode)).stdout
    assert "project      ferry" in whole
    assert re.findall(r"^#\d+ \w+", whole, re.MULTILINE) == [
        "#1 user",
        "#2 agent",
        "#3 user",
        "#4 agent",
    ]
    for span, shown in (("2:3", "23"), ("2", "2"), (":2", "12"), ("4:", "4"), ("3:9", "34")):
        part = run("show", store, str(episode), "--steps", span).stdout
        assert re.findall(r"^#(\d+)", part, re.MULTILINE) == list(shown), span
    lines = json_lines(run("show", store, str(episode), "--steps", "2", "--json").stdout)
    assert [line["kind"] for line in lines] == ["episode", "step"]
    assert lines[1]["seq"] == 1


@pytest.mark.parametrize("span", ["x", "5:2", "-3:", "1:2:3", "0", "0:5"])
def test_a_span_that_makes_no_sense_is_wrong_usage(store: Path, span: str) -> None:
    assert run("show", store, "1", f"--steps={span}").exit_code == 2


def test_raw_gives_the_bytes_of_file_and_step(store: Path, traces: Path, tmp_path: Path) -> None:
    episode, data = id_of(store, "one"), (traces / "one.jsonl").read_bytes()
    assert run("raw", store, str(episode)).stdout_bytes == data
    assert run("raw", store, str(episode), "--record").stdout_bytes == data
    step = run("raw", store, str(episode), "--step", "2").stdout_bytes
    assert step in data
    assert json.loads(step)["type"] == "assistant"
    target = tmp_path / "out.jsonl"
    report = json.loads(run("raw", store, str(episode), "-o", target, "--json").stdout)
    assert target.read_bytes() == data
    assert report["sha256"] == hashlib.sha256(data).hexdigest()


def test_raw_of_a_step_that_is_not_there_fails(store: Path) -> None:
    result = run("raw", store, "1", "--step", "999")
    assert result.exit_code == 1
    assert "no step 999" in result.stderr
    assert run("raw", store, "1", "--step", "0").exit_code == 2


def test_show_gives_a_record_made_safe(store: Path) -> None:
    result = run("show", store, str(id_of(store, "one")), "--raw-step", "1")
    assert json.loads(result.stdout)["message"]["content"] == "Find the ferry's timetable bug"


def test_audit_lists_filters_exports_and_verifies(store: Path, tmp_path: Path) -> None:
    assert "import" in run("audit", store).stdout
    rows = json_lines(run("audit", store, "--json").stdout)
    assert rows[0]["actor"] == "hpm import"
    assert json_lines(run("audit", store, "--to", "2020-01-01", "--json").stdout) == []
    assert json_lines(run("audit", store, "--actor", "nobody", "--json").stdout) == []
    target = tmp_path / "log.csv"
    result = run("audit", store, "--format", "csv", "-o", target)
    assert result.exit_code == 0
    assert target.read_text().startswith("seq,at,actor")
    assert run("audit", store, "-o", target).exit_code == 2
    verified = json.loads(run("audit", store, "--verify", "--json").stdout)
    assert verified["rows"] == len(rows) + 1
    assert verified["broken_at"] is None


def test_doctor_reports_and_checks(store: Path) -> None:
    result = run("doctor", store, "--check")
    assert result.exit_code == 0
    assert "No problems" in result.stdout
    report = json.loads(run("doctor", store, "--json").stdout)
    assert report["health"]["problems"] == []
    assert report["stats"]["episodes"] == 2


def test_doctor_names_the_step_of_a_damaged_text(store: Path) -> None:
    connection = load_driver().connect(str(store))
    sql = "UPDATE texts SET data = CAST('thinks' AS BLOB) WHERE data = CAST('thanks' AS BLOB)"
    assert connection.execute(sql).rowcount == 1
    connection.commit()
    connection.close()
    assert run("doctor", store).exit_code == 0
    result = run("doctor", store, "--check")
    assert result.exit_code == 1
    assert f"of episode {id_of(store, 'one')}, step 3. Restore a backup" in result.stdout


def test_doctor_finds_a_damaged_store(store: Path) -> None:
    data = bytearray(store.read_bytes())
    for offset in range(8 * 4096, len(data), 4096):
        data[offset : offset + 64] = b"\xff" * 64
    store.write_bytes(data)
    result = run("doctor", store, "--check")
    assert result.exit_code in (1, 2)
    assert "No problems" not in result.stdout


@pytest.mark.parametrize(
    "command", [("episodes",), ("doctor",), ("audit",), ("show", "1"), ("raw", "1")]
)
def test_a_store_that_cannot_be_opened_is_said_and_left_alone(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    other = tmp_path / "letter.hpm"
    other.write_text("Dear aunt,\n" * 100)
    name, *rest = command
    result = run(name, other, *rest)
    assert result.exit_code == 2
    assert "letter.hpm" in result.stderr
    assert result.stdout == ""
    assert other.read_text().startswith("Dear aunt")
    missing = run(name, tmp_path / "missing.hpm", *rest)
    assert missing.exit_code == 2
    assert not (tmp_path / "missing.hpm").exists()


def test_discover_lists_folders_under_the_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / ".claude" / "projects" / "-home-mira"
    folder.mkdir(parents=True)
    (folder / "a.jsonl").write_bytes(b"x" * 100)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    monkeypatch.delenv("CODEX_HOME", raising=False)
    (listed,) = json_lines(run("discover", "--json").stdout)
    assert listed["sessions"] == 1
    assert listed["size"] == 100
    assert "Claude Code" in run("discover").stdout


def test_bench_lists_its_benchmarks_and_knows_no_others() -> None:
    names = {line["name"] for line in json_lines(run("bench", "--json").stdout)}
    assert "import" in names
    result = run("bench", "speed-of-light")
    assert result.exit_code == 2
    assert "is not one of" in result.stderr


def test_sample_builds_a_store_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "sample.hpm"
    used: list[Path] = []  # what that computes has tests of its own, and takes long
    monkeypatch.setattr("hpm_engine.sample.build.use", lambda store, *_: used.append(store))
    report = json.loads(run("sample", path, "--json").stdout)
    assert report["episodes_added"] >= 150
    assert (tmp_path / "sample.truth.json").exists()
    assert len(used) == 1
    again = run("sample", path)
    assert again.exit_code == 1
    assert "already" in again.stderr


def test_show_says_who_spoke_and_a_search_finds_them(tmp_path: Path) -> None:
    turns = [{"speaker": "Ann", "dia_id": "D1:1", "text": "Hey Bo!"}]
    talk = {"speaker_a": "Ann", "speaker_b": "Bo", "session_1": turns}
    (tmp_path / "talk.json").write_text(json.dumps([{"sample_id": "c", "conversation": talk}]))
    store = tmp_path / "talk.hpm"
    assert run("import", store, tmp_path / "talk.json").exit_code == 0
    assert "  message Ann\n    Hey Bo!" in run("show", store, "1").stdout
    with open_memory(store, read_only=True) as memory:
        assert memory.episodes.find(EpisodeQuery(text="ann")).hits == 1


def test_encoding_does_what_is_missing_and_says_so(store: Path) -> None:
    first = json.loads(run("encode", store, "--json").stdout)
    assert first["episodes"] == 2 and first["vectors"] > 0
    again = run("encode", store)
    assert again.exit_code == 0
    assert "0 episodes encoded with static-256: 0 vectors of 0 steps" in again.stdout


def test_export_writes_a_trajectory_that_imports_again(store: Path, tmp_path: Path) -> None:
    episode, target = id_of(store, "one"), tmp_path / "trajectory.json"
    result = run("export", store, str(episode), "--format", "atif", "-o", target)
    assert result.exit_code == 0
    assert result.stdout == f"4 steps written to {target}.\n"
    assert json.loads(target.read_bytes())["schema_version"] == "ATIF-v1.5"
    piped = run("export", store, str(episode))
    assert piped.stdout_bytes == target.read_bytes()
    report = json.loads(run("export", store, str(episode), "-o", target, "--json").stdout)
    assert report["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    assert report["steps"] == 4
    again = run("import", tmp_path / "other.hpm", target)
    assert "1 episode added" in again.stdout
    assert run("export", store, "999", "-o", target).exit_code == 1
    assert run("export", store, str(episode), "--json").exit_code == 2


def test_a_last_line_that_is_not_complete_is_said(tmp_path: Path) -> None:
    path, store = tmp_path / "growing.jsonl", tmp_path / "new.hpm"
    asked = {"type": "user", "sessionId": "s", "uuid": "1", "message": {"content": "go"}}
    path.write_text(json.dumps(asked) + '\n{"type":"user","sess')
    said = f"unfinished: {path}: the last line is not complete yet"
    assert said in run("import", store, path).stdout
    path.write_text(json.dumps(asked) + "\n" + json.dumps(asked | {"uuid": "2"}) + "\n")
    assert "unfinished" not in run("import", store, path).stdout


def test_an_import_that_lost_something_is_no_bare_success(tmp_path: Path) -> None:
    path = tmp_path / "torn.jsonl"
    asked = {"type": "user", "sessionId": "s", "uuid": "1", "message": {"content": "go"}}
    path.write_text('{"type":"user","sess\n' + json.dumps(asked) + "\n")
    result = run("import", tmp_path / "new.hpm", path)
    assert result.exit_code == 0
    assert f"damaged: {path}: 1 damaged place (20 bytes) could not be read: line 1" in result.stdout
    assert "1 damaged place in 1 file could not be read. All bytes are kept" in result.stdout
    file, sums = json_lines(run("import", tmp_path / "json.hpm", path, "--json").stdout)
    assert file["account"]["damaged"] == 1
    assert file["account"]["places"][0]["place"] == "line 1"
    assert sums["damaged"] == 1
