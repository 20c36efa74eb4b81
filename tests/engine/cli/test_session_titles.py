"""What commands call a session."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.cases import CASES
from tests.support.command_runs import json_lines, run

CASE = CASES / "05-claude-title"


def test_commands_show_the_title_and_beside_it_what_was_asked(tmp_path: Path) -> None:
    beacon = tmp_path / "s.hpm"
    run("import", beacon, CASE)
    listed = run("episodes", beacon, "lighthouse")
    assert "title" in listed.stdout.splitlines()[0] and "LIGHT-42 flaky beacon" in listed.stdout
    shown = run("show", beacon, "Investigate flaky lighthouse test").stdout
    assert "title        LIGHT-42 flaky beacon" in shown
    assert "agent title  Investigate flaky lighthouse test" in shown
    assert "task         hi can you look" in shown
    fields = json.loads(run("episodes", beacon, "--json").stdout)
    assert (fields["title"], fields["task"]) == (
        "LIGHT-42 flaky beacon",
        "hi can you look at the thing from yesterday",
    )
    assert "LIGHT-42 flaky beacon" in run("recall", beacon, "beacon").stdout
    (hit,) = json.loads(run("recall", beacon, "--past", "--json").stdout)["hits"]
    assert (hit["name"], hit["task"][:5]) == ("LIGHT-42 flaky beacon", "hi ca")
    exported, copy = tmp_path / "beacon.json", tmp_path / "copy.hpm"
    run("export", beacon, "1", "-o", exported)
    run("import", copy, exported)
    (again,) = json_lines(run("episodes", copy, "lighthouse", "--json").stdout)
    assert [again[key] for key in ("title", "agent_title", "task")] == [
        fields[key] for key in ("title", "agent_title", "task")
    ]
