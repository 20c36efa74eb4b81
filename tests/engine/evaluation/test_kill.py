from __future__ import annotations

from pathlib import Path

from hpm_engine.evaluation.kill import kill_rounds


def test_a_killed_import_leaves_whole_episodes_and_a_rerun_completes_it(tmp_path: Path) -> None:
    """A dozen rounds of what `hpm bench kill` does two hundred times."""
    rounds = 12
    outcome = kill_rounds(tmp_path, rounds, lambda text: None)
    assert outcome.integrity_ok == outcome.acknowledged_whole == outcome.rerun_equal == rounds
    assert outcome.midway > 0, "no kill fell between two commits: the test tested nothing"
