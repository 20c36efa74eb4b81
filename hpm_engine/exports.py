"""What the engine exports: all that the window, the command line and scripts may use.

The type checker reads the same in ``__init__.pyi``, which a test writes.
"""

from __future__ import annotations

# Names by the module that has them; ``name=other`` is exported under the other name.
MODULES = {
    "audit.action_names": "ACTION_NAMES",
    "audit.export": "safe_cell",
    "backup.copy": "back_up backup_name",
    "backup.going_back": "go_back",
    "backup.preview": "preview_restore",
    "backup.turns": "keep_backups",
    "config": (
        "BUFFER_SIZE COMPRESSION_RATIO CONTEXT_TOKENS CYCLE_MEMORIES FORGETTING_BOUND "
        "HANDOVER_TOKENS IDLE_MINUTES NOTE_CHARACTERS PROPOSAL_CHARACTERS Parameter RECALL_HITS "
        "RETENTION_DAYS TRASH_DAYS"
    ),
    "connecting.agents": "AGENTS ConnectableAgent agent_of_actor",
    "connecting.checking": "Check",
    "connecting.connection": "ConnectionReport Connections",
    "connecting.hook_failures": "AgentFailures LATELY_DAYS failure_words hook_failures",
    "connecting.hook_log": "HookRun hook_runs",
    "connecting.plan": "ConnectionPlan FilePlan SettingsUntouched",
    "connecting.standing": "AgentConnection AgentStanding",
    "encoder.protocol": "EncoderModel",
    "encoder.step_text": "action_line",
    "errors": (
        "BadModel BadPassphrase BadQuery Cancelled CannotImport CannotOpen CannotWrite "
        "DamagedStore Evicted HPMError HeadMoved LimitExceeded LockedStore MixedEncoders "
        "NewerStore NotAStore NotFound NothingToImport ReadOnlyStore StoreBusy StoreMissing "
        "StoreReplaced WorkerDied WrongPassphrase"
    ),
    "importing.account_text": "account_line damaged_files files_line loss_sentence waiting_line",
    "job": "Job Progress",
    "keeper": "Keeper",
    "memory": "Memory open_memory",
    "on_demand": "agents_folders build_sample discover encoder_models install_encoder",
    "passphrase.changing": "SHORTEST=SHORTEST_PASSPHRASE change_passphrase",
    "passphrase.unlocking": "is_locked lock under_passphrase unlock",
    "prices.price_table": "own_prices_file prices_in_use save_own_prices",
    "query": (
        "Choice Chosen Completion Filters Marked Marks as_text complete describe explain "
        "field_term filters_of marked narrowed parse with_filter"
    ),
    "replay.cases": ("Help HelpCase RecallReplay ReplayComparison ReplayedSession Way WayShare"),
    "repair.in_place": "plan_repair repair_store",
    "repair.salvage": "salvage",
    "scheduling.activity": "last_activity",
    "scheduling.consent": "BY_ITSELF Consent consent_of",
    "scheduling.power": "on_mains",
    "scheduling.schedule": "SCHEDULE Schedule TimeOfWeek next_runs",
    "scheduling.scheduler": "Outlook Scheduler Wait",
    "secrets.policy": "Secret SecretPolicy SecretState SecretsMasked SecretsScanned",
    "syncer": "Plan Syncer",
    "system.config_folder": "config_folder",
    "system.data_folder": "data_folder",
    "system.local_time": (
        "day_start local=local_moment now=local_now stamp=time_stamp utc_text wall_time"
    ),
    "system.log.program_log": "ProgramLog log_to_file program_log",
    "system.output_file": "output_file write_file",
    "system.private_files": "owner_only private_folder",
    "values.activity": (
        "Activity Amount AskerUse Cost DayAmount Given NamedAmount Period ToolAmount TopBy "
        "TopEpisode"
    ),
    "values.adaptation": "Adapted InUse Model Verdict WeightsBack",
    "values.ageing": (
        "AgeingOutlook AgeingReport AgeingSettings EvictionPreview EvictionReport Leaving Originals"
    ),
    "values.audit_acts": (
        "ActSpan AuditAct AuditChoices ExportedLog Link LinkKind Phrase Verification"
    ),
    "values.checkpoints": "Checkpoint CheckpointThread Forgotten Keep StateDifference",
    "values.compression": (
        "ActionCurve Budget BudgetKind CompressedBrief CompressedEpisode CompressedList "
        "CompressedOrder CompressionReport KeptFor KeptIdentifiers KeptOrder KeptSpan LedgerWord "
        "NotRebuilt RebuiltSteps RestoreReport SideCar"
    ),
    "values.consolidation": (
        "Agreement CyclePreview CycleReport CycleRun Holding Label Member Merging Prototype "
        "Retention Trigger Waiting"
    ),
    "values.cycle_runs": "RunReport run_of",
    "values.episodes": (
        "DayGroup DayKind Discovered Episode EpisodeDetail EpisodeLink EpisodeList EpisodeQuery "
        "FacetCounts Facets Kept Outcome Part PartKind SavedSearch SortColumn Step StepFlag "
        "StepOutline StepSource Sums Tier"
    ),
    "values.exports": "ExportFormat ExportOutlook ExportPart ExportedFile",
    "values.handover": "Packet",
    "values.held_text": "KEPT_WORDS kept_line learned_line",
    "values.live": "LIVE_SECONDS agent_waits is_live",
    "values.lookup": "ErrorFix FileEdit Invocation StepQuestions",
    "values.map": "Background MapMoment MapState MemoryPoints PrototypeMap TopicFacts",
    "values.memory_notes": (
        "MemoryNote MemoryNoteDetail MemoryNoteQuery MemoryNoteVersion NoteAuthor NoteCount "
        "NoteHit NoteLink NoteSession NotesExported"
    ),
    "values.note_evidence": "Bearing EvidenceStep LineEvidence NoteVerdict",
    "values.leaving.erasure": "ErasurePreview ErasureReport ErasureTarget HeldPlace",
    "values.leaving.trash": "Containment QuarantinedItem SuspiciousText TrashedEpisode",
    "values.notes": "Note",
    "values.prices": "Price PriceTable",
    "values.proposals": "NearText Proposal ProposalReview ProposalState ProposeOutcome Proposed",
    "values.recall": (
        "Alike ContextBlock GivenFilter GivenMemory Hit KeptMove Known MemoryKind PastHit "
        "PastRecall Prepared Recall RecallFilter RecallOptions RecallScope ScorePart StageTime "
        "StepHit Use UsedStep Weight"
    ),
    "values.reports": (
        "AuditFilter AuditRow Changed Damage Edit EncodeReport EpisodeFigures Exported "
        "FileReport FileStatus Health ImportReport ReindexReport SourceAccount "
        "SourceRow SourceState SourceSums Stats TableSize WriteReport"
    ),
    "values.restoring": "AgentCleanup Countdown Deadline FileState Restoration RestoredFile",
    "values.safety.backups": (
        "Backup BackupPlan BackupRestored BackupTurn Every HeldCounts KnownBackup OnlyThere "
        "RestorePreview"
    ),
    "values.safety.passphrases": "PassphraseChange",
    "values.safety.repairs": "LostItem RepairItem RepairPlan RepairReport SalvageReport",
    "values.syncing": "ChosenSource SYNC_BY_ITSELF SourceSync SyncReport",
    "values.upgrade": "Upgrade",
    "values.visibility": "Reader VISIBILITY Visibility",
    "version": "__version__",
    "words.visible_text": "visible",
    "words.warning_signs": "SignKind WarningSign",
}


def _sources() -> dict[str, tuple[str, str]]:
    """The module of each exported name, and what it is called there."""
    sources = {}
    for module, names in MODULES.items():
        for name in names.split():
            source, _, exported = name.partition("=")
            sources[exported or source] = (module, source)
    return sources


SOURCES = _sources()
