"""Benchmarks that speak one language: named results beside their references."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpm_engine.evaluation.result import Bench


def benches(minutes: float = 0) -> dict[str, Bench]:
    """All benchmarks by name; ``minutes`` is how long agents load a store, 0 for the short load."""
    # Only a benchmark's own run may cost the imports that it needs.
    from hpm_engine.evaluation.adapting import Adapting
    from hpm_engine.evaluation.agents.bench import AgentServerBench
    from hpm_engine.evaluation.agents.gate import HookGate
    from hpm_engine.evaluation.agents.hook_bench import HookBench
    from hpm_engine.evaluation.agents.load import LoadSize
    from hpm_engine.evaluation.attack.bench import Attack
    from hpm_engine.evaluation.audit_speed import AuditSpeed
    from hpm_engine.evaluation.checkpoints.bench import CheckpointBench
    from hpm_engine.evaluation.compression.bench import CompressionBench
    from hpm_engine.evaluation.compression.masks_window import MasksWindow
    from hpm_engine.evaluation.consolidation.forgetting import Forgetting
    from hpm_engine.evaluation.consolidation.map_bench import MapBench
    from hpm_engine.evaluation.consolidation.speed import ConsolidationSpeed
    from hpm_engine.evaluation.conventions.bench import ConventionsBench
    from hpm_engine.evaluation.encode_speed import EncodeSpeed
    from hpm_engine.evaluation.format_coverage import FormatCoverage
    from hpm_engine.evaluation.import_speed import ImportSpeed
    from hpm_engine.evaluation.kill import Kill
    from hpm_engine.evaluation.labels.bench import LabelBench
    from hpm_engine.evaluation.notes.bench import NotesBench
    from hpm_engine.evaluation.phi.worth import PhiWorth
    from hpm_engine.evaluation.recall.index_quality import IndexQuality
    from hpm_engine.evaluation.recall.latency import Latency
    from hpm_engine.evaluation.recall.locomo import LoCoMo
    from hpm_engine.evaluation.recall.needles import Needles
    from hpm_engine.evaluation.recall.recall_parts import RecallParts
    from hpm_engine.evaluation.recall.replaying import Replaying
    from hpm_engine.evaluation.recall.transfer import Transfer
    from hpm_engine.evaluation.secrets.bench import SecretsBench
    from hpm_engine.evaluation.sync_speed import SyncSpeed
    from hpm_engine.evaluation.usage.bench import UsedBench
    from hpm_engine.evaluation.window.live_speed import LiveSpeed
    from hpm_engine.evaluation.window.open_speed import OpenSpeed
    from hpm_engine.evaluation.window.reading_speed import ReadingSpeed
    from hpm_engine.evaluation.window.typing_speed import TypingSpeed

    speed: tuple[Bench, ...] = (
        ImportSpeed(),
        OpenSpeed(),
        TypingSpeed(),
        ReadingSpeed(),
        EncodeSpeed(),
        ConsolidationSpeed(),
        MapBench(),
        MasksWindow(),
        SyncSpeed(),
        AuditSpeed(),
        LiveSpeed(),
        CheckpointBench(),
        AgentServerBench(load=LoadSize(minutes=minutes)),
        HookBench(),
    )
    worth: tuple[Bench, ...] = (
        Needles(),
        IndexQuality(),
        Transfer(),
        Replaying(),
        HookGate(),
        ConventionsBench(),
        CompressionBench(),
        RecallParts(),
        LoCoMo(),
        Latency(),
        PhiWorth(),
        FormatCoverage(),
        Forgetting(),
        LabelBench(),
        NotesBench(),
        SecretsBench(),
        UsedBench(),
        Adapting(),
    )
    all_benches = (*speed, Kill(), Attack(), *worth)
    return {bench.name: bench for bench in all_benches}
