"""Hierarchical Persistent Memory: what an agent's sessions leave behind, kept in one file.

What is exported here is all that the window, the command line and scripts may use.
"""

from __future__ import annotations

import os

# Before numpy is loaded. Its threads spin while they wait for each other: beside another program on
# two cores a small product of matrices then takes 10 ms instead of 0.1.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pathlib import Path

from hpm_engine.audit.action_names import ACTION_NAMES
from hpm_engine.audit.export import safe_cell
from hpm_engine.backup import back_up
from hpm_engine.config import (
    BUFFER_SIZE,
    COMPRESSION_RATIO,
    CONTEXT_TOKENS,
    CYCLE_MEMORIES,
    FORGETTING_BOUND,
    HANDOVER_TOKENS,
    IDLE_MINUTES,
    NOTE_CHARACTERS,
    RECALL_HITS,
    RETENTION_DAYS,
    Parameter,
)
from hpm_engine.encoder.protocol import EncoderModel
from hpm_engine.encoder.step_text import action_line
from hpm_engine.errors import (
    BadModel,
    BadQuery,
    Cancelled,
    CannotImport,
    CannotOpen,
    CannotWrite,
    DamagedStore,
    Evicted,
    HPMError,
    LimitExceeded,
    MixedEncoders,
    NewerStore,
    NotAStore,
    NotFound,
    NothingToImport,
    ReadOnlyStore,
    StoreBusy,
    StoreMissing,
    StoreReplaced,
    WorkerDied,
)
from hpm_engine.importing.account_text import (
    account_line,
    damaged_files,
    files_line,
    loss_sentence,
    waiting_line,
)
from hpm_engine.job import Job, Progress
from hpm_engine.keeper import Keeper
from hpm_engine.memory import Memory, open_memory
from hpm_engine.prices.price_table import own_prices_file, prices_in_use, save_own_prices
from hpm_engine.query import (
    Choice,
    Chosen,
    Completion,
    Filters,
    Marked,
    Marks,
    as_text,
    complete,
    describe,
    explain,
    field_term,
    filters_of,
    marked,
    narrowed,
    parse,
    with_filter,
)
from hpm_engine.scheduling.activity import last_activity
from hpm_engine.scheduling.consent import BY_ITSELF, Consent, consent_of
from hpm_engine.scheduling.power import on_mains
from hpm_engine.scheduling.schedule import SCHEDULE, Schedule, TimeOfWeek, next_runs
from hpm_engine.scheduling.scheduler import Outlook, Scheduler, Wait
from hpm_engine.syncer import Plan, Syncer
from hpm_engine.system.config_folder import config_folder
from hpm_engine.system.data_folder import data_folder
from hpm_engine.system.local_time import day_start, utc_text, wall_time
from hpm_engine.system.local_time import local as local_moment
from hpm_engine.system.local_time import now as local_now
from hpm_engine.system.local_time import stamp as time_stamp
from hpm_engine.system.log.program_log import ProgramLog, log_to_file, program_log
from hpm_engine.system.output_file import output_file, write_file
from hpm_engine.values.activity import (
    Activity,
    Amount,
    Cost,
    DayAmount,
    Given,
    NamedAmount,
    Period,
    ToolAmount,
    TopBy,
    TopEpisode,
)
from hpm_engine.values.adaptation import Adapted, InUse, Model, Verdict, WeightsBack
from hpm_engine.values.ageing import (
    AgeingOutlook,
    AgeingReport,
    AgeingSettings,
    EvictionPreview,
    EvictionReport,
    Leaving,
    Originals,
)
from hpm_engine.values.audit_acts import ActSpan, AuditAct, AuditChoices, Link, LinkKind, Phrase
from hpm_engine.values.compression import (
    ActionCurve,
    Budget,
    BudgetKind,
    CompressedBrief,
    CompressedEpisode,
    CompressedList,
    CompressedOrder,
    CompressionReport,
    KeptFor,
    KeptIdentifiers,
    KeptOrder,
    KeptSpan,
    LedgerWord,
    NotRebuilt,
    RebuiltSteps,
    RestoreReport,
    SideCar,
)
from hpm_engine.values.consolidation import (
    Agreement,
    CyclePreview,
    CycleReport,
    CycleRun,
    Holding,
    Label,
    Member,
    Merging,
    Prototype,
    Retention,
    Trigger,
    Waiting,
)
from hpm_engine.values.cycle_runs import RunReport, run_of
from hpm_engine.values.episodes import (
    DayGroup,
    DayKind,
    Discovered,
    Episode,
    EpisodeDetail,
    EpisodeLink,
    EpisodeList,
    EpisodeQuery,
    FacetCounts,
    Facets,
    Kept,
    Outcome,
    Part,
    PartKind,
    SavedSearch,
    SortColumn,
    Step,
    StepFlag,
    StepOutline,
    StepSource,
    Sums,
    Tier,
)
from hpm_engine.values.exports import ExportedFile, ExportFormat, ExportOutlook, ExportPart
from hpm_engine.values.handover import Packet
from hpm_engine.values.held_text import KEPT_WORDS, kept_line, learned_line
from hpm_engine.values.live import LIVE_SECONDS, agent_waits, is_live
from hpm_engine.values.lookup import ErrorFix, FileEdit, Invocation, StepQuestions
from hpm_engine.values.map import (
    Background,
    MapMoment,
    MapState,
    MemoryPoints,
    PrototypeMap,
    TopicFacts,
)
from hpm_engine.values.memory_notes import (
    MemoryNote,
    MemoryNoteDetail,
    MemoryNoteQuery,
    MemoryNoteVersion,
    NoteAuthor,
    NoteCount,
    NoteHit,
    NoteLink,
    NoteSession,
    NotesExported,
)
from hpm_engine.values.note_evidence import Bearing, EvidenceStep, LineEvidence, NoteVerdict
from hpm_engine.values.notes import Note
from hpm_engine.values.prices import Price, PriceTable
from hpm_engine.values.proposals import Proposal, ProposalState, Proposed, ProposeOutcome
from hpm_engine.values.recall import (
    Alike,
    ContextBlock,
    Hit,
    KeptMove,
    Known,
    PastHit,
    PastRecall,
    Prepared,
    Recall,
    RecallFilter,
    RecallOptions,
    RecallScope,
    ScorePart,
    StageTime,
    StepHit,
    Weight,
)
from hpm_engine.values.reports import (
    AuditFilter,
    AuditRow,
    Changed,
    Damage,
    Edit,
    EncodeReport,
    EpisodeFigures,
    Exported,
    ExportedLog,
    FileReport,
    FileStatus,
    Health,
    ImportReport,
    ReindexReport,
    SourceAccount,
    SourceRow,
    SourceState,
    SourceSums,
    Stats,
    TableSize,
    Verification,
    WriteReport,
)
from hpm_engine.values.restoring import (
    AgentCleanup,
    Countdown,
    Deadline,
    FileState,
    Restoration,
    RestoredFile,
)
from hpm_engine.values.syncing import SYNC_BY_ITSELF, ChosenSource, SourceSync, SyncReport
from hpm_engine.values.upgrade import Upgrade
from hpm_engine.values.visibility import VISIBILITY, Reader, Visibility
from hpm_engine.version import __version__
from hpm_engine.words.visible_text import visible


def discover(home: Path | None = None) -> tuple[Discovered, ...]:
    """The folders of agents' sessions on this computer (under ``home``, if given)."""
    # Here and below: a window must not wait for readers that it may never need.
    from hpm_engine.ingest.discovery.discovery import discover as find

    return find(home)


def agents_folders() -> tuple[Path, ...]:
    """Where the agents that this version reads keep their sessions on this computer."""
    return tuple(Path(place.path) for place in discover() if place.read and not place.notes)


def encoder_models() -> tuple[EncoderModel, ...]:
    """The models that texts can be encoded with, installed or not."""
    from hpm_engine.encoder import installed

    return installed.encoder_models()


def install_encoder(given: Path) -> Path:
    """Check and keep MiniLM's weights from a file that a person gave; raises ``BadModel``."""
    from hpm_engine.encoder.installed import install_minilm

    return install_minilm(given)


def build_sample(path: Path, job: Job | None = None, *, computed: bool = True) -> ImportReport:
    """Build the generated sample store at ``path``; its truth is written beside it.

    Without ``computed`` it is as after its import, which takes half as long.
    """
    from hpm_engine.sample.build import build_sample as build

    return build(path, job, computed=computed)


# fmt: off
__all__ = [
    "BUFFER_SIZE", "BY_ITSELF", "COMPRESSION_RATIO", "CONTEXT_TOKENS", "CYCLE_MEMORIES",
    "FORGETTING_BOUND", "IDLE_MINUTES", "RECALL_HITS", "RETENTION_DAYS", "SCHEDULE", "VISIBILITY",
    "__version__", "ActionCurve", "Adapted", "AgentCleanup", "Countdown", "Deadline", "FileState",
    "HANDOVER_TOKENS", "ErrorFix", "FileEdit", "Invocation", "Packet", "StepQuestions",
    "Restoration", "RestoredFile", "AgeingOutlook", "AgeingReport", "AgeingSettings", "Agreement",
    "Alike", "AuditFilter", "AuditRow", "Background", "BadModel", "BadQuery", "Budget",
    "BudgetKind", "Cancelled", "CannotImport", "CannotOpen", "CannotWrite", "Changed", "Choice",
    "Completion", "CompressedBrief", "CompressedEpisode", "CompressedList", "CompressedOrder",
    "ExportPart", "CompressionReport", "Consent", "ContextBlock", "CyclePreview", "CycleReport",
    "CycleRun", "Damage", "Chosen", "Filters", "FacetCounts", "Sums", "DamagedStore", "DayGroup",
    "DayKind", "Discovered", "Edit", "EncodeReport", "EncoderModel", "Episode", "EpisodeDetail",
    "EpisodeFigures", "EpisodeLink", "EpisodeList", "EpisodeQuery", "Evicted", "ExportedFile",
    "ExportFormat", "ExportOutlook", "EvictionPreview", "EvictionReport", "Exported", "ExportedLog",
    "Facets", "FileReport", "FileStatus", "Health", "Hit", "Holding", "HPMError", "ImportReport",
    "InUse", "Job", "Keeper", "Kept", "KeptFor", "KeptIdentifiers", "KeptMove", "KeptOrder",
    "KeptSpan", "Known", "Label", "Leaving", "LedgerWord", "LimitExceeded", "MapMoment", "MapState",
    "Marked", "Marks", "Member", "Memory", "MemoryNote", "MemoryNoteDetail", "MemoryNoteQuery",
    "MemoryNoteVersion", "MemoryPoints", "Merging", "MixedEncoders", "Model", "NewerStore",
    "NotAStore", "NotFound", "Note", "NOTE_CHARACTERS", "NoteAuthor", "NoteCount", "NoteHit",
    "NotesExported", "NoteLink", "NoteSession", "Bearing", "EvidenceStep", "LineEvidence",
    "NoteVerdict",
    "NothingToImport", "NotRebuilt", "Originals", "Outcome", "Outlook", "Parameter", "Part",
    "PartKind", "PastHit", "PastRecall", "Prepared", "ProgramLog", "Progress", "Prototype",
    "PrototypeMap", "Reader", "ReadOnlyStore", "RebuiltSteps", "Recall", "RecallFilter",
    "RecallOptions", "RecallScope", "ReindexReport", "RestoreReport", "Retention", "RunReport",
    "SavedSearch", "Schedule", "Scheduler", "ScorePart", "SideCar", "SortColumn", "SourceAccount",
    "SourceRow", "SourceState", "SourceSums", "StageTime", "Stats", "Step", "StepFlag", "StepHit",
    "StepOutline", "StepSource", "StoreBusy", "StoreMissing", "StoreReplaced", "TableSize", "Tier",
    "TimeOfWeek", "Trigger", "Upgrade", "Verdict", "Verification", "Visibility", "Wait", "Waiting",
    "Weight", "WeightsBack", "WorkerDied", "WriteReport", "account_line", "action_line",
    "agents_folders", "as_text", "back_up", "build_sample", "complete", "consent_of",
    "damaged_files", "day_start", "describe", "discover", "encoder_models", "explain", "field_term",
    "filters_of", "files_line", "install_encoder", "KEPT_WORDS", "kept_line", "last_activity",
    "learned_line", "local_moment", "local_now", "log_to_file", "loss_sentence", "marked",
    "narrowed", "next_runs", "on_mains", "open_memory", "output_file", "parse", "program_log",
    "run_of", "safe_cell", "time_stamp", "utc_text", "visible", "waiting_line", "wall_time",
    "write_file", "Activity", "Amount", "Cost", "DayAmount", "Given", "NamedAmount", "Period",
    "ToolAmount", "TopBy", "TopEpisode", "Price", "PriceTable", "config_folder", "data_folder",
    "TopicFacts", "with_filter", "own_prices_file", "prices_in_use", "save_own_prices",
    "ACTION_NAMES", "ActSpan", "AuditAct", "AuditChoices", "Link", "LinkKind", "Phrase",
    "ChosenSource", "Plan", "SYNC_BY_ITSELF", "SourceSync", "Syncer", "SyncReport", "LIVE_SECONDS",
    "agent_waits", "is_live", "Proposal", "Proposed", "ProposalState", "ProposeOutcome",
]
# fmt: on
