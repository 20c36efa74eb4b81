"""Projects of one name are told apart wherever they are shown, filtered or made private."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import EpisodeQuery, Memory, Reader, open_memory
from hpm_engine.store.rows.projects import ProjectRows
from hpm_engine.values.ageing import AgeingSettings
from hpm_engine.values.compression import Budget, BudgetKind
from hpm_engine.values.visibility import VISIBILITY
from tests.support.cases import CASES

CASE = CASES / "20-projects"
A = "/home/ada/client-a/api"
B = "/home/ada/client-b/api"


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


def bring(memory: Memory, folder: Path, *cwds: str) -> None:
    for cwd in cwds:
        record = {
            "type": "user",
            "sessionId": f"s-{cwd}",
            "uuid": "u",
            "timestamp": "2026-09-01T10:00:00.000Z",
            "cwd": cwd,
            "message": {"role": "user", "content": f"About the well of {cwd}"},
        }
        path = folder / f"{abs(hash(cwd))}.jsonl"
        path.write_text(json.dumps(record) + "\n")
        memory.import_paths([path])


def paths_of(memory: Memory, **query: str) -> list[str]:
    ids = memory.episodes.find(EpisodeQuery(**query)).window(0, 100)  # type: ignore[arg-type]
    return sorted(episode.project_path for episode in memory.episodes.get(ids))


def test_the_case(memory: Memory) -> None:
    memory.import_paths([CASE])
    names = Counter(dict(memory.episodes.facets().projects))
    assert names == {
        "client-a/api": 1,
        "client-b/api": 1,
        "home/ada/work/orchard": 4,  # with its worktrees, also as Windows sees it
        "Users/Ada/work/orchard": 1,
        "web": 1,
        "": 3,  # root, a drive, home
    }


def test_a_name_becomes_longer_once_another_project_has_it(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path, A)
    assert memory.episodes.facets().projects == (("api", 1),)
    digest = memory.episodes.detail(1).digest
    bring(memory, tmp_path, B)
    assert memory.episodes.facets().projects == (("client-a/api", 1), ("client-b/api", 1))
    assert memory.episodes.detail(1).digest == digest
    bring(memory, tmp_path, f"{A}/.claude/worktrees/x")
    assert memory.episodes.facets().projects[0] == ("client-a/api", 2)


def test_searches_and_filters_take_any_end_of_the_path(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path, A, B, "/home/ada/web", "/home/ada/my_api")
    for name in ("client-a/api", "ada/client-a/api", A, A[1:]):
        assert paths_of(memory, text=f'project:"{name}"') == paths_of(memory, project=name) == [A]
    for name in ("api", "API"):
        assert paths_of(memory, text=f"project:{name}") == [A, B]
    assert paths_of(memory, project="api") == [A, B]
    assert paths_of(memory, text="project:pi") == paths_of(memory, project="pi") == []


def rule(memory: Memory, text: str) -> None:
    memory.settings.set(VISIBILITY, text)


def test_rules_of_visibility_tell_them_apart(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path, A)
    rule(memory, "project:api private")
    bring(memory, tmp_path, B, "/home/ada/web")
    counts = {
        name: memory.visibility.count(Reader(project=name))
        for name in ("", "web", "client-a/api", "client-b/api")
    }
    # The rule was made for one "api": it stays private when it is shown under another name, and
    # each of the two that it names now sees its own alone.
    assert counts == {"": 1, "web": 1, "client-a/api": 2, "client-b/api": 2}
    rule(memory, "project:client-a/api private")
    assert memory.visibility.count(Reader(project="client-b/api")) == 2
    assert memory.visibility.count(Reader(project="api")) == 2
    rule(memory, "project:client-a/api sees project:web")
    assert memory.visibility.count(Reader(project="client-a/api")) == 2
    assert memory.visibility.count(Reader(project="client-b/api")) == 3


def test_a_budget_of_a_name_holds_when_the_name_becomes_longer() -> None:
    own = Budget(BudgetKind.DEEP, 9.0)
    settings = AgeingSettings(projects={"api": own})
    assert settings.budget_of("client-a/api") == own
    assert settings.budget_of("my-api") == settings.budget


def test_projects_of_an_earlier_store_are_told_apart(memory: Memory, tmp_path: Path) -> None:
    bring(memory, tmp_path, A, B, "/home/ada", f"{A}/.claude/worktrees/x")
    with memory.internals.database.writing():
        memory.internals.database.execute(
            "UPDATE main.episodes SET project_path = '', project = 'api'"
        )
        memory.internals.database.execute("UPDATE main.episodes SET project = 'ada' WHERE id = 3")
        memory.internals.database.execute("UPDATE main.episodes SET project = 'x' WHERE id = 4")
        ProjectRows(memory.internals.database).settle_all()
    shown = [episode.project for episode in memory.episodes.get([1, 2, 3, 4])]
    assert shown == ["client-a/api", "client-b/api", "", "client-a/api"]


def test_folders_of_windows_are_one_project_however_they_are_written(
    memory: Memory, tmp_path: Path
) -> None:
    bring(memory, tmp_path, r"C:\Src\App", r"c:\src\app", "/c/src/APP", "/mnt/c/src/app")
    bring(memory, tmp_path, "//Server/Share/App", r"\\server\share\app", "/src/app", "/src/App")
    assert Counter(dict(memory.episodes.facets().projects)) == {
        "C:/Src/App": 4,
        "Share/App": 2,
        "src/app": 1,
        "src/App": 1,
    }
    for name in ("C:/src/app", r"C:\SRC\app", "/c/src/app", "/mnt/c/src/app"):
        assert len(paths_of(memory, project=name)) == 4, name
        assert len(paths_of(memory, text=f"project:{json.dumps(name)}")) == 4, name


def test_a_project_that_an_earlier_version_knew_by_several_paths_is_joined_by_the_next_import(
    memory: Memory, tmp_path: Path
) -> None:
    bring(memory, tmp_path, "/a/x/1", "/a/x/2", "/a/x/3", "/a/x/4")
    old = ("/mnt/c/Src/App", "/c/src/app", "C:/src/App", "/srv/app")
    with memory.internals.database.writing():
        for number, path in enumerate(old, 1):
            memory.internals.database.execute(
                "UPDATE main.episodes SET project_path = ?, project = ? WHERE id = ?",
                (path, path[1:], number),
            )
    rule(memory, "project:/c/src/app private")
    with open_memory(memory.path) as later:
        bring(later, tmp_path, "/home/ada/web")
        shown = [episode.project for episode in later.episodes.get([1, 2, 3, 4])]
        paths = [episode.project_path for episode in later.episodes.get([1, 2, 3, 4])]
        assert shown == ["Src/App", "Src/App", "Src/App", "srv/app"]
        assert paths == ["C:/Src/App"] * 3 + ["/srv/app"]
        assert later.visibility.count(Reader(project="web")) == 2  # the rule means it still


def rollout(folder: Path, name: str, cwd: str | None, url: str) -> Path:
    head = {"id": name, "timestamp": "2026-09-01T10:00:00Z", "git": {"repository_url": url}}
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": name}]}
    lines = [
        {"timestamp": head["timestamp"], "type": kind, "payload": payload}
        for kind, payload in (
            ("session_meta", head | ({"cwd": cwd} if cwd is not None else {})),
            ("response_item", said),
        )
    ]
    path = folder / f"{name}.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_clones_of_a_repository_are_told_apart_and_one_without_a_folder_has_its_name(
    memory: Memory, tmp_path: Path
) -> None:
    url = "git@github.com:ada/orchard.git"
    cwds = {"a": "/home/ada/orchard", "b": "/srv/orchard", "c": None, "d": "/home/ada", "e": ""}
    memory.import_paths([rollout(tmp_path, name, cwd, url) for name, cwd in cwds.items()])
    projects = Counter(dict(memory.episodes.facets().projects))
    assert projects == {"ada/orchard": 1, "srv/orchard": 1, "orchard": 3}
