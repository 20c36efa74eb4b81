"""Sources made in memory, and what the tests of line formats look for in their steps."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from hpm_engine.ingest.sources.reader import FormatReader
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind

Line = dict[str, Any]


def source_of(data: bytes, name: str = "session.jsonl") -> SourceFile:
    return SourceFile(name, len(data), lambda: io.BytesIO(data))


def file_source(path: Path) -> SourceFile:
    return SourceFile(str(path), path.stat().st_size, lambda: path.open("rb"))


def jsonl(*lines: Line | str) -> bytes:
    texts = (line if isinstance(line, str) else json.dumps(line) for line in lines)
    return "".join(text + "\n" for text in texts).encode()


def episodes(
    reader: FormatReader, source: SourceFile
) -> list[tuple[EpisodeDraft, list[StepDraft]]]:
    return [(draft, list(draft.steps)) for draft in reader.read(source)]


def only(reader: FormatReader, source: SourceFile) -> tuple[EpisodeDraft, list[StepDraft]]:
    (episode,) = episodes(reader, source)
    return episode


def parts(steps: list[StepDraft], kind: PartKind) -> list[Part]:
    return [part for step in steps for part in step.parts if part.kind is kind]


def texts(steps: list[StepDraft], kind: PartKind = PartKind.MESSAGE) -> list[str]:
    return [part.text for part in parts(steps, kind)]
