"""The benchmark of formats: every file of real traces gives its episodes, or a reason."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.evaluation.zoo.figures import zoo_figures
from hpm_engine.evaluation.zoo.units import FOLDER, zoos
from hpm_engine.memory import open_memory
from hpm_engine.values.reports import FileReport, FileStatus, ImportReport

# Episodes by folder of the traces, from what each folder's SOURCE.md counts.
_EXPECTED = {
    "atif-harbor": 10,  # "10 trajectories of 2 to 10 steps"; traces.json repeat them
    "bookminder-console-diary": 26,  # start banners of days 2-14, redrawn ones once; day 1: none
    "claude-code/codemie": 7,  # 3 + 1 sessions, two that grow, a subagent; 2 warm-up stubs: none
    "claude-code/codemie-history-jsonl": 0,  # prompts without a reply
    "claude-code/daaain-claude-code-log-v2025-06": 4,  # a session a file
    "claude-code/moredip": 4,  # a session a file
    "claude-code/simonw": 2,  # a session a file
    "codex-cli/codemie": 1,  # a rollout a file
    "codex-cli/codemie-handmade": 2,  # three files, "turn-1 is a prefix of turn-2"
    "codex-cli/localpush-redacted": 4,  # a rollout a file; three files of notes: none
    "format-zoo": 33,  # records: six files of 5, one of 3
    "gemini-cli": 2,  # sessions; the prompt log beside one of them: none
    "intercode": 11_389,  # 10,111 and, in wrapped files, 1,278
    "locomo": 190,  # sessions of 7 conversations
    "mini-swe-agent-gemini3pro": 372,  # the loose file is one of them
    "mini-swe-agent-upstream": 3,  # two bare lists, one from Harbor
    "openhands": 2,  # event lists
    "otel-and-langfuse/codemie-otel-events": 2,  # sessions of one file
    "otel-and-langfuse/langfuse-traces": 16,  # traces; the normalised messages repeat them
    "reflexion": 586,  # runs of six logs, the overlap of five of them once
    "swe-agent-repo-demos": 22,  # .traj files
    "swe-agent-v1": 287,  # 240 and 47
    "tau-bench": 160,  # "the 160 records with task_id % 5 != 4"
    "tau2-bench": 0,  # "without any transcript text"
    "terminal-bench-mini-logs": 220,  # trials
    "who-and-when": 126,  # Algorithm-Generated
}

_NOTHING = "The formats benchmark needs --data with folders of traces in it."


class FormatCoverage:
    """``hpm bench formats``."""

    name = "formats"
    summary = "episodes got and expected of real traces, group by group and unit by unit"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import each group into a store of its own, as a person would. Needs ``data``.

        A group that ``data`` lacks is left out; one that is not known has no reference. A zoo is
        judged unit by unit; of one, ``data`` may name a part: ``agent-zoo/amp``. Raises
        ``NotFound`` where there is none.
        """
        if data is None:
            raise NotFound(_NOTHING)
        figures: dict[str, Figure] = {}
        for zoo in zoos(data):
            figures |= zoo_figures(zoo, data, report)
        if FOLDER in (*data.parts, *data.resolve().parts):
            return BenchResult(self.name, figures, environment())
        return BenchResult(self.name, figures | self._of_groups(data, report), environment())

    def _of_groups(self, data: Path, report: Report) -> dict[str, Figure]:
        groups = _groups(data)
        if not groups and not zoos(data):
            raise NotFound(_NOTHING)
        figures: dict[str, Figure] = {}
        wrong = unexplained = 0
        for name, folder in groups.items():
            report(f"{name}: import")
            episodes, imported = _imported(folder)
            refused = imported.with_status(FileStatus.ASIDE)
            failed = imported.with_status(FileStatus.FAILED)
            expected = _EXPECTED.get(name)
            wrong += expected is not None and episodes != expected
            unexplained += sum(not file.reason for file in (*refused, *failed))
            figures[f"{name}_episodes"] = Figure(episodes, "episodes", reference=expected)
            figures[f"{name}_refused"] = Figure(len(refused), "files")
            figures[f"{name}_failed"] = Figure(len(failed), "files", reference=0)
            for reason, count in Counter(map(_reason, (*refused, *failed))).most_common():
                report(f"{name}: {count} x {reason}")
        figures["groups_wrong"] = Figure(wrong, "groups", reference=0)
        figures["without_reason"] = Figure(unexplained, "files", reference=0)
        return figures


def _groups(data: Path) -> dict[str, Path]:
    """The folders of ``data``; a folder whose parts are counted apart gives its parts."""
    groups: dict[str, Path] = {}
    for folder in sorted(path for path in data.iterdir() if path.is_dir() and path.name != FOLDER):
        parts = {name: data / name for name in _EXPECTED if name.startswith(f"{folder.name}/")} or {
            folder.name: folder
        }
        groups |= {name: path for name, path in parts.items() if path.is_dir()}
    return groups


def _imported(folder: Path) -> tuple[int, ImportReport]:
    with tempfile.TemporaryDirectory(prefix="hpm-bench-") as scratch:
        path = Path(scratch) / "store.hpm"
        with open_memory(path, create=True, actor="hpm bench") as memory:
            imported = memory.import_paths([folder], base=folder)
            return memory.figures.stats().episodes, imported


def _reason(file: FileReport) -> str:
    """The reason without the file's own name, so that equal ones can be counted."""
    return file.reason.replace(f"{file.path}: ", "")
