from __future__ import annotations

import io
from pathlib import Path

from hpm_engine.ingest.sources.labels import Labels
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import Outcome


def source(name: str) -> SourceFile:
    return SourceFile(name, 0, lambda: io.BytesIO())


def test_a_table_beside_an_archive_labels_its_members(tmp_path: Path) -> None:
    archive = tmp_path / "run.v1.trajs.tar.xz"
    archive.touch()
    (tmp_path / "run.v1.labels.csv").write_text("instance_id,resolved\na,True\nb,False\nc,\n")
    (tmp_path / "other.labels.csv").write_text("instance_id,resolved\na,False\n")
    labels, member = Labels(), source(f"{archive}!/a.traj")
    assert labels.outcome(member, "a") is Outcome.SUCCESS
    assert labels.outcome(member, "b") is Outcome.FAILURE
    assert labels.outcome(member, "c") is None
    assert labels.outcome(member, "d") is None
    assert labels.outcome(member, "") is None


def test_the_folders_table_labels_what_has_none_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("\ufeffresolved,instance_id\n1,a\n0,b\n", "utf-8")
    file = tmp_path / "x.traj"
    assert Labels().outcome(source(str(file)), "a") is Outcome.SUCCESS
    assert Labels().outcome(source(str(file)), "b") is Outcome.FAILURE


def test_a_table_that_cannot_be_read_labels_nothing(tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_bytes(b"instance_id,resolved\n\xff\xff,1\n")
    assert Labels().outcome(source(str(tmp_path / "x")), "a") is None
    assert Labels().outcome(source(str(tmp_path / "gone" / "x")), "a") is None
