"""Secrets are masked before anything is written; the same file stays known, a grown one too."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from hpm_engine import EpisodeQuery, FileStatus, Memory, SecretPolicy, SecretState, open_memory

SECRET = "ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
PASSWORD = "tR4-vexing-pl0ver"


def line(number: int, role: str, text: str) -> str:
    message: dict[str, object] = {"role": role, "content": text}
    if role == "assistant":
        message = {"id": f"m{number}", "role": role, "content": [{"type": "text", "text": text}]}
    record = {
        "type": role,
        "sessionId": "s1",
        "uuid": f"u{number}",
        "timestamp": f"2026-11-01T10:{number:02}:00Z",
        "cwd": "/work",
        "message": message,
    }
    return json.dumps(record) + "\n"


LINES = (
    line(1, "user", f"Deploy with {SECRET} to staging <private>42 Elm Street</private>"),
    line(2, "assistant", f"I set GITHUB_TOKEN={SECRET} and DB_PASSWORD={PASSWORD}\nand go on"),
    line(3, "user", "thanks, and what of the harbour?"),
)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    path = tmp_path / "projects" / "s1.jsonl"
    path.parent.mkdir()
    path.write_text("".join(LINES[:2]))
    return path


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        yield memory


def texts(memory: Memory) -> list[str]:
    ids = memory.episodes.find(EpisodeQuery())
    keys = ids.window(0, len(ids))
    return [part.text for key in keys for step in memory.steps.read(key) for part in step.parts]


def everything(memory: Memory) -> bytes:
    """All bytes that the store has, unpacked where they are packed."""
    database = memory.internals.database
    unpacker = zstandard.ZstdDecompressor()
    held = []
    for table, column in (("texts", "data"), ("raw_chunks", "data")):
        for (data,) in database.rows(f"SELECT {column} FROM {table}"):
            held.append(unpacker.decompress(data) if data[:4] == b"\x28\xb5\x2f\xfd" else data)
    return b"\n".join(held) + memory.path.read_bytes()


def test_nothing_of_a_secret_is_written(memory: Memory, session: Path) -> None:
    report = memory.import_paths([session.parent])
    assert report.masked == 4
    held = everything(memory)
    for secret in (SECRET, PASSWORD, "Elm Street"):
        for form in (
            secret.encode(),
            secret.encode("utf-16-le"),
            base64.b64encode(secret.encode()),
        ):
            assert form not in held
    assert "[REDACTED:github-classic:" in texts(memory)[0]
    assert memory.internals.database.value("SELECT title || task FROM episodes").count(SECRET) == 0
    assert memory.figures.health(check=True).problems == ()
    assert memory.audit.verify().broken_at is None


def test_equal_secrets_are_one_that_can_be_searched_for(memory: Memory, session: Path) -> None:
    memory.import_paths([session.parent])
    by_rule = {secret.rule: secret for secret in memory.secrets.all()}
    assert by_rule["github-classic"].times == 2
    assert by_rule["github-classic"].state is SecretState.MASKED
    found = memory.episodes.find(EpisodeQuery(text=by_rule["github-classic"].tag))
    assert found.hits == 2


def test_the_same_file_is_known_and_a_grown_one_goes_on(memory: Memory, session: Path) -> None:
    memory.import_paths([session.parent])
    [again] = memory.import_paths([session.parent]).files
    assert again.status is FileStatus.UNCHANGED
    with session.open("a") as file:
        file.write(LINES[2])
    report = memory.import_paths([session.parent])
    assert (report.episodes_extended, report.steps_added, report.branches) == (1, 1, 0)
    assert memory.internals.database.value("SELECT count(*) FROM sources") == 1
    [grown] = memory.import_paths([session.parent]).files
    assert grown.status is FileStatus.UNCHANGED
    whole = b"".join(memory.originals.whole(1)).decode()
    assert [json.loads(text)["uuid"] for text in whole.splitlines()] == ["u1", "u2", "u3"]
    assert memory.figures.health(check=True).problems == ()


def test_slices_mask_as_whole_files_do(tmp_path: Path, session: Path) -> None:
    from hpm_engine.importing.importer import Importer
    from hpm_engine.job import Job

    told = []
    for batch in (None, 100):
        with open_memory(tmp_path / f"{batch}.hpm", create=True) as memory:
            own = memory.internals
            own.database.execute("UPDATE secret_key SET key = x'00'")
            sizes = {} if batch is None else {"batch_bytes": batch}
            Importer(own.database, own.log, **sizes).run([session], Job(), lambda report: None)
            told.append(
                (texts(memory), own.database.rows("SELECT sha256, read_sha256 FROM sources"))
            )
    assert told[0] == told[1]


def test_a_person_may_keep_them_and_is_told_of_files_that_came_otherwise(
    memory: Memory, session: Path
) -> None:
    memory.secrets.set_policy(SecretPolicy.KEEP)
    assert memory.import_paths([session.parent]).masked == 0
    assert SECRET in texts(memory)[0]
    assert memory.internals.database.value("SELECT masked FROM sources") is None
    memory.secrets.set_policy(SecretPolicy.MASK)
    report = memory.import_paths([session.parent])
    assert (report.otherwise, report.episodes_extended) == (1, 0)


def test_a_session_kept_in_clear_that_grows_under_masking_stays_one(
    memory: Memory, session: Path
) -> None:
    memory.secrets.set_policy(SecretPolicy.KEEP)
    memory.import_paths([session.parent])
    memory.secrets.set_policy(SecretPolicy.MASK)
    with session.open("a") as file:
        file.write(LINES[2])
    report = memory.import_paths([session.parent])
    assert (report.episodes_added, report.episodes_extended, report.branches) == (0, 1, 0)
    assert not any(SECRET in text for text in texts(memory))


def test_what_a_person_cleared_is_masked_no_more(memory: Memory, session: Path) -> None:
    memory.secrets.set_policy(SecretPolicy.ASK)
    memory.import_paths([session.parent])
    secret = next(secret for secret in memory.secrets.all() if secret.rule == "github-classic")
    assert secret.state is SecretState.WAITING
    memory.secrets.clear([secret.tag])
    other = session.with_name("s2.jsonl")
    other.write_text(LINES[0].replace('"s1"', '"s2"'))
    memory.import_paths([other])
    assert any(f"Deploy with {SECRET} to staging" in text for text in texts(memory))


def test_an_earlier_store_keeps_secrets_until_it_is_told(memory: Memory, session: Path) -> None:
    memory.internals.database.execute("UPDATE secret_key SET earlier = 1")
    assert memory.secrets.policy() is SecretPolicy.KEEP
    memory.import_paths([session.parent])
    assert SECRET in texts(memory)[0]
