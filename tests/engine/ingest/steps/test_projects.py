from __future__ import annotations

import pytest

from hpm_engine.ingest.steps.projects import (
    project_name,
    project_path,
    repository_name,
    told_apart,
)

ORCHARD = "/home/ada/work/orchard"


@pytest.mark.parametrize(
    "cwd",
    [
        ORCHARD,
        f"{ORCHARD}/",
        f"{ORCHARD}/.claude/worktrees/fix-pears",
        f"{ORCHARD}/.claude/worktrees/fix-pears/src",
        f"{ORCHARD}/.worktrees/x",
        f"{ORCHARD}/../orchard/./",
        f"{ORCHARD}/worktrees/x",
        f"{ORCHARD}/.git/worktrees/x",
        f"{ORCHARD}-worktrees/fix-plums",
        f"{ORCHARD}.worktrees/fix-plums",
        r"\\wsl.localhost\Ubuntu\home\ada\work\orchard",
        r"\\wsl$\Debian\home\ada\work\orchard\.claude\worktrees\y",
    ],
)
def test_worktrees_are_their_repository(cwd: str) -> None:
    assert (project_path(cwd), project_name(cwd)) == (ORCHARD, "orchard")


@pytest.mark.parametrize(
    "cwd",
    [
        *("", "/", "//", "C:\\", "C:", "c:/", "/home", "/home/ada", "/home/ada/", "/Users/ada"),
        *("/root", "C:/Users", "/mnt/c", "/mnt/c/Users/ada", "/var/home/ada", "/c/Users/ada", "~"),
        *(r"C:\Users\Ada", r"\\wsl.localhost\Ubuntu\home\ada", r"\\wsl.localhost\Ubuntu"),
        *("/c", "/c/", "/cygdrive/c", r"\\server", r"\\server\share", "\\\\?\\C:\\"),
    ],
)
def test_root_drives_and_homes_are_no_projects(cwd: str) -> None:
    assert (project_path(cwd), project_name(cwd)) == ("", "")


@pytest.mark.parametrize(
    ("cwd", "name"),
    [
        ("/home/ada/.codex/worktrees/1a2b/orchard", "orchard"),
        (r"C:\Users\Ada\.codex\worktrees\1a2b\orchard", "orchard"),
        ("/home/ada/.cursor/worktrees/orchard/1a2b", "orchard"),
        ("/home/ada/worktrees/orchard/fix", "orchard"),
    ],
)
def test_worktrees_far_from_their_repository_have_its_name_alone(cwd: str, name: str) -> None:
    assert (project_path(cwd), project_name(cwd)) == ("", name)


@pytest.mark.parametrize(
    ("cwd", "path"),
    [
        (r"c:\work\Orchard", "C:/work/Orchard"),
        ("/mnt/c/work/orchard", "C:/work/orchard"),
        ("/c/work/orchard", "C:/work/orchard"),
        ("/cygdrive/d/orchard", "D:/orchard"),
        (r"\\?\C:\work\orchard", "C:/work/orchard"),
        (r"\\?\UNC\server\share\orchard", "//server/share/orchard"),
        (r"\\wsl.localhost\Ubuntu\mnt\c\work\orchard", "C:/work/orchard"),
        ("/c/work/orchard/.claude/worktrees/x", "C:/work/orchard"),
        ("/private/tmp/orchard", "/tmp/orchard"),
        ("/mnt/data/orchard", "/mnt/data/orchard"),
        (r"\\server\share\orchard", "//server/share/orchard"),
        ("/root/orchard", "/root/orchard"),
        ("/workspace", "/workspace"),
        ("/home/ada/my-worktrees-tool", "/home/ada/my-worktrees-tool"),
        ("/home/ada/orchard-worktrees", "/home/ada/orchard-worktrees"),
    ],
)
def test_other_folders_are_projects(cwd: str, path: str) -> None:
    assert (project_path(cwd), project_name(cwd)) == (path, path.rpartition("/")[2])


def test_names_are_as_short_as_they_can_be() -> None:
    paths = [
        "/home/ada/client-a/api",
        "/home/ada/client-b/api",
        "/srv/Client-A/API",
        "/home/ada/web",
    ]
    assert told_apart(paths) == {
        "/home/ada/client-a/api": "ada/client-a/api",
        "/home/ada/client-b/api": "client-b/api",
        "/srv/Client-A/API": "srv/Client-A/API",
        "/home/ada/web": "web",
    }
    assert told_apart(["/api", "/x/api"]) == {"/api": "api", "/x/api": "x/api"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/ada/orchard.git", "orchard"),
        ("https://ada:secret@github.com/ada/orchard/", "orchard"),
        ("git@github.com:ada/orchard.git", "orchard"),
        ("git@host:orchard.git", "orchard"),
        ("ssh://git@host:22/ada/orchard.git?x=1", "orchard"),
        ("file:///home/ada/orchard", "orchard"),
        (r"C:\repos\orchard", "orchard"),
        *(("https://github.com", ""), ("", ""), ("  ", "")),
    ],
)
def test_a_remote_names_its_repository(url: str, name: str) -> None:
    assert repository_name(url) == name
