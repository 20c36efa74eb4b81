"""``hpm replay-recall``, as a person types it."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from hpm_engine.cli.root import hpm
from tests.support.command_runs import run, session


def test_it_says_what_could_have_been_told(tmp_path: Path) -> None:
    store = tmp_path / "my.hpm"
    (tmp_path / "a.jsonl").write_bytes(session("a", "Mow the lawn"))
    assert run("import", store, tmp_path / "a.jsonl").exit_code == 0
    alone = CliRunner().invoke(hpm, ["replay-recall", str(store)])
    assert alone.exit_code == 0 and "there is nothing to ask again" in alone.stdout
    as_json = CliRunner().invoke(hpm, ["replay-recall", str(store), "--json"])
    figures = json.loads(as_json.stdout.splitlines()[-1])
    assert (figures["sessions"], figures["helped"]) == (0, 0.0)
