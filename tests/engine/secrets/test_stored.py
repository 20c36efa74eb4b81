"""What stands in clear is found wherever it stands, and gone from every byte once it is masked."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard

from hpm_engine import (
    Cancelled,
    EpisodeQuery,
    FileStatus,
    Job,
    Memory,
    Progress,
    SecretPolicy,
    SecretState,
    open_memory,
)

SECRET = "ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
OTHER = "xoxb-123456789012-1234567890123-AbCdEfGhIjKlMnOpQrStUvWx"


def line(key: str, number: int, role: str, text: str) -> str:
    import json

    content: object = text if role == "user" else [{"type": "text", "text": text}]
    message = {"role": role, "content": content} | ({"id": f"m{number}"} if role != "user" else {})
    return (
        json.dumps(
            {
                "type": role,
                "sessionId": key,
                "uuid": f"{key}-{number}",
                "timestamp": f"2026-11-01T10:{number:02}:00Z",
                "cwd": "/work",
                "message": message,
            }
        )
        + "\n"
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "projects"
    folder.mkdir()
    (folder / "s1.jsonl").write_text(
        line("s1", 1, "user", f"Deploy the harbour with {SECRET} today")
        + line("s1", 2, "assistant", "first the pump")
        + line("s1", 3, "user", f"and tell {OTHER} of it")
    )
    (folder / "s2.jsonl").write_text(
        line("s2", 1, "user", "What of the weather?") + line("s2", 2, "assistant", f"ask {SECRET}")
    )
    return folder


@pytest.fixture
def memory(tmp_path: Path, folder: Path) -> Iterator[Memory]:
    """A store that keeps secrets in clear, in every place that a text can reach."""
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.secrets.set_policy(SecretPolicy.KEEP)
        memory.import_paths([folder])
        memory.notes.add(1, f"the key was {SECRET}")
        memory.searches.save("mine", OTHER)
        memory.recall.prepare()
        memory.encode()
        yield memory


def bytes_of(memory: Memory) -> bytes:
    """Every byte of the file and its log, and what is packed in it unpacked."""
    database = memory.internals.database
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    held = [memory.path.read_bytes()]
    wal = memory.path.with_name(memory.path.name + "-wal")
    held += [wal.read_bytes()] if wal.exists() else []
    for table in ("texts", "raw_chunks", "episode_words"):
        for (data,) in database.rows(f"SELECT data FROM {table}"):
            packed = data[:4] == b"\x28\xb5\x2f\xfd"
            held.append(unpacker.decompress(data) if packed else data)
    return b"\n".join(held)


def forms(secret: str) -> list[bytes]:
    plain = secret.encode()
    words = [secret.lower().encode(), secret[4:].lower().encode()]
    return [plain, secret.encode("utf-16-le"), base64.b64encode(plain), *words]


def test_a_scan_says_where_each_stands_and_changes_nothing(memory: Memory) -> None:
    before = memory.internals.database.rows("SELECT sha256 FROM texts ORDER BY id")
    by_rule = {secret.rule: secret for secret in memory.secrets.scan().secrets}
    assert by_rule["github-classic"].state is SecretState.STORED
    kinds = {place.split(":")[0] for place in by_rule["github-classic"].places}
    assert kinds == {"step", "source", "episode", "note"}
    assert {place.split(":")[0] for place in by_rule["slack"].places} >= {"saved_searche", "step"}
    assert memory.internals.database.rows("SELECT sha256 FROM texts ORDER BY id") == before
    assert memory.secrets.scanned_at() is not None


def test_masked_for_good(memory: Memory, folder: Path) -> None:
    assert any(form in bytes_of(memory) for form in forms(SECRET))
    report = memory.secrets.mask_stored()
    assert (report.secrets, report.episodes, report.steps, report.sources) == (2, 2, 3, 2)
    assert report.wiped
    held = bytes_of(memory)
    assert [form for secret in (SECRET, OTHER) for form in forms(secret) if form in held] == []
    assert all(secret.state is not SecretState.STORED for secret in memory.secrets.scan().secrets)
    assert memory.figures.health(check=True).problems == ()
    assert memory.audit.verify().broken_at is None
    tag = next(s.tag for s in memory.secrets.all() if s.rule == "github-classic")
    assert memory.episodes.find(EpisodeQuery(text=tag)).hits == 2
    assert "harbour" in memory.steps.read(1)[0].parts[0].text
    assert memory.episodes.find(EpisodeQuery(text=SECRET)).hits == 0
    record = memory.originals.step(1, 2)
    assert record.startswith(b"{") and record.endswith(b"}") and b"of it" in record


def test_it_is_as_if_it_had_come_masked(memory: Memory, folder: Path, tmp_path: Path) -> None:
    memory.secrets.mask_stored()
    memory.secrets.set_policy(SecretPolicy.MASK)
    files = memory.import_paths([folder]).files
    assert {file.status for file in files} == {FileStatus.UNCHANGED}
    with (folder / "s1.jsonl").open("a") as file:
        file.write(line("s1", 4, "assistant", "done"))
    report = memory.import_paths([folder])
    assert (report.episodes_extended, report.steps_added, report.branches) == (1, 1, 0)
    with open_memory(tmp_path / "fresh.hpm", create=True) as fresh:
        key = memory.internals.database.value("SELECT key FROM secret_key")
        fresh.internals.database.execute("UPDATE secret_key SET key = ?", (key,))
        fresh.import_paths([folder])
        sql = "SELECT key, digest FROM episodes ORDER BY key"
        assert fresh.internals.database.rows(sql) == memory.internals.database.rows(sql)
        sql = "SELECT lower(hex(sha256)) FROM sources ORDER BY path"
        assert fresh.internals.database.rows(sql) == memory.internals.database.rows(sql)


def test_what_was_cancelled_changed_nothing(memory: Memory) -> None:
    def stop(progress: Progress) -> None:
        if progress.note == "rewriting sessions":
            job.cancel()

    job = Job(stop, interval=0)
    with pytest.raises(Cancelled):
        memory.secrets.mask_stored(job)
    assert SECRET in memory.steps.read(1)[0].parts[0].text
    assert memory.figures.health(check=True).problems == ()


def test_what_a_person_cleared_stays(memory: Memory) -> None:
    secret = next(secret for secret in memory.secrets.scan().secrets if secret.rule == "slack")
    memory.secrets.clear([secret.tag])
    assert memory.secrets.mask_stored().secrets == 1
    assert OTHER in memory.steps.read(1)[2].parts[0].text
