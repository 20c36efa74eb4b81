from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_runs import json_lines, run, session


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Four topics, two memories each, settled in one cycle."""
    for key in ("ferry", "tides", "light", "\x1b[31mred"):
        lines = [f"The {key} forgets its winter, note {number}." for number in range(5)]
        name = f"{len(key)}{key[-3:]}"
        (tmp_path / f"{name}.jsonl").write_bytes(session(name, *lines))
    path = tmp_path / "a.hpm"
    assert run("import", path, *tmp_path.glob("*.jsonl")).exit_code == 0
    assert run("encode", path).exit_code == 0
    assert run("consolidate", path).exit_code == 0
    return path


def ids(store: Path) -> list[int]:
    return [prototype["id"] for prototype in json_lines(run("prototypes", store, "--json").stdout)]


def test_prototypes_are_listed_and_shown_with_their_memories(store: Path) -> None:
    prototypes = json_lines(run("prototypes", store, "--json").stdout)
    assert [prototype["count"] for prototype in prototypes] == sorted(
        (o["count"] for o in prototypes), reverse=True
    )
    assert "mean" not in prototypes[0]
    [shown] = json_lines(run("prototypes", store, str(prototypes[0]["id"]), "--json").stdout)
    assert shown["members"][0]["weight"] > 0.5
    text = run("prototypes", store, str(prototypes[0]["id"])).stdout
    assert f"prototype {prototypes[0]['id']}: " in text and "learned in cycle 1" in text
    first = min(shown["members"], key=lambda link: link["start"])
    assert f"episode {first['episode_id']}, steps 1 to {first['stop']}, learned" in text
    assert "\x1b" not in run("prototypes", store).stdout


def test_names_and_pins_are_kept_and_logged(store: Path) -> None:
    first = str(ids(store)[0])
    assert run("prototypes", store, first, "--rename", "the  winter").stdout == "Done.\n"
    assert run("prototypes", store, first, "--pin").stdout == "Done.\n"
    assert run("prototypes", store, first, "--pin").stdout == "Nothing to change.\n"
    assert "pinned  the winter" in run("prototypes", store).stdout
    logged = [row["action"] for row in json_lines(run("audit", store, "--json").stdout)]
    assert logged[-2:] == ["rename", "pin"]
    assert run("prototypes", store, first, "--rename", "").stdout == "Done.\n"
    assert "the winter" not in run("prototypes", store).stdout


def test_merging_is_previewed_done_and_undone(store: Path) -> None:
    before = ids(store)
    named = [str(key) for key in before[:2]]
    [plan] = json_lines(run("prototypes", store, *named, "--merge", "--preview", "--json").stdout)
    assert ids(store) == before
    assert set(plan["gone"]) | {plan["into"]} == set(before[:2])
    assert "as cycle 2" in run("prototypes", store, *named, "--merge").stdout
    assert len(ids(store)) == len(before) - 1
    assert run("consolidate", store, "--undo").stdout == "Cycle 2 was undone.\n"
    assert ids(store) == before


def test_what_is_forgotten_waits_again(store: Path) -> None:
    everything = [str(episode_id) for episode_id in ids(store)]
    assert "forgotten, as cycle 2" in run("prototypes", store, *everything, "--forget").stdout
    assert run("prototypes", store).stdout == "No prototype yet.\n"
    [cycle] = json_lines(run("consolidate", store, "--json").stdout)
    assert cycle["memories"] == 8


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--pin",), 2, "Name the prototypes"),
        (("7", "--pin", "--merge"), 2, "Choose one"),
        (("7", "8", "--rename", "x"), 2, "one prototype"),
        (("7", "--preview"), 2, "goes with --merge"),
        (("7",), 1, "no topic 7"),
        (("7", "--pin"), 1, "no topic 7"),
        (("7", "--forget"), 1, "no topic 7"),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    store: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    done = run("prototypes", store, *arguments)
    assert (done.exit_code, says in done.stderr) == (code, True)


def test_one_prototype_cannot_be_merged_with_itself(store: Path) -> None:
    first = str(ids(store)[0])
    done = run("prototypes", store, first, first, "--merge")
    assert (done.exit_code, "at least two" in done.stderr) == (2, True)


def test_an_episode_is_shown_with_the_prototypes_of_its_memories(store: Path) -> None:
    [first, *_] = json_lines(run("show", store, "1", "--json").stdout)
    held = first["prototypes"]
    assert len(held) == first["held_by"] > 0
    assert {share["id"] for share in held} <= set(ids(store))
    assert run("prototypes", store, str(held[0]["id"]), "--rename", "winter").exit_code == 0
    text = run("show", store, "1").stdout
    assert f"prototype    {held[0]['id']} winter ({held[0]['memories']} memor" in text
    assert "\x1b" not in "".join(run("show", store, str(number)).stdout for number in range(1, 5))
