"""Whether the store is sound, where its bytes are, and on what it runs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.health.adaptation_jobs import NAMES, described
from app.health.backup_keeping import backup_facts
from app.health.facts import Facts
from app.health.hooks_line import HooksLine, failure_sentence
from app.health.table_sizes import TableSizes
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number, size
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.panel import Panel
from app.kit.panel_grid import PanelGrid
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.view import View
from app.kit.view_names import ViewName
from hpm_engine import (
    AgentFailures,
    Changed,
    Health,
    InUse,
    Job,
    Memory,
    ProgramLog,
    Progress,
    SecretState,
    files_line,
    hook_failures,
    kept_line,
    learned_line,
    program_log,
)


class HealthView(View):
    """A quick look at once; the full check, which reads every page, when asked."""

    selects = False

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._look = LatestRead(session, self, whole_store=True)
        self._check = LatestRead(session, self, whole_store=True)
        self._hooks = LatestRead(session, self, whole_store=True)
        self._health: Health | None = None
        self._failures: tuple[AgentFailures, ...] = ()
        self._store = session.path
        self.hooks = HooksLine(lambda: navigator.go(Place(ViewName.AGENTS)))
        self.state = SafeLabel(bold=True, wrap=True)
        self._problems = SafeLabel(wrap=True)
        self._bar = QProgressBar()
        self._bar.setAccessibleName("Progress of the check")
        self._start = QPushButton("Check now")
        self._stop = QPushButton("Cancel")
        self._copy = QPushButton("Copy report")
        self.store, self.engine, self.audit = Facts("Store"), Facts("SQLite"), Facts("Audit log")
        self.models = Facts("Models")
        self._models = LatestRead(session, self)
        self.backups = Facts("Backups")
        self._backups = LatestRead(session, self)
        self.held = Facts("Contents")
        self._held = LatestRead(session, self, whole_store=True)
        self.sizes = TableSizes()
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self._start.clicked.connect(self.check)
        self._stop.clicked.connect(self._on_stopped)
        self._copy.clicked.connect(self.copy_report)
        self._show_checking(False)
        self.reload()

    def _content(self) -> QWidget:
        area = PanelGrid("Health of the store")
        grid = area.grid
        grid.addWidget(self._integrity(), 0, 0, 1, 3)
        for column, panel in enumerate((self.store, self.engine, self.audit)):
            grid.addWidget(panel, 1, column)
            grid.setColumnStretch(column, 1)
        grid.addWidget(self.models, 2, 0, 1, 3)
        grid.addWidget(self.backups, 3, 0, 1, 3)
        grid.addWidget(self.held, 4, 0, 1, 3)
        grid.addWidget(self.sizes, 5, 0, 1, 3)
        grid.setRowStretch(6, 1)
        return area

    def _integrity(self) -> Panel:
        panel = Panel("Integrity")
        row = QHBoxLayout()
        row.addWidget(self.state, 1)
        for button in (self._copy, self._stop, self._start):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        panel.body.addLayout(row)
        panel.body.addWidget(self._problems)
        panel.body.addWidget(self._bar)
        panel.body.addWidget(self.hooks)
        return panel

    # -- the frame's calls -----------------------------------------------------------------

    def refresh(self, changed: Changed) -> None:
        """Look again: sizes and the log's head have moved."""
        if changed is not Changed.NOTHING and not self._check.busy:
            self.reload()

    def restore(self, place: Place) -> None:
        """Nothing is selected here; hooks may have failed meanwhile, of which no store tells."""
        self._look_at_hooks()

    def _look_at_hooks(self) -> None:
        self._hooks.ask(
            lambda memory, job: hook_failures(self._store), self._on_hooks, self._on_failed
        )

    def reload(self) -> None:
        """Take a quick look."""
        self.page.show_loading("Looking…")
        self._look.ask(
            lambda memory, job: memory.figures.health(), self._on_health, self._on_failed
        )
        self._held.ask(_read_held, self.held.show_facts, self._on_failed)
        self._look_at_hooks()
        self._backups.ask(backup_facts, self.backups.show_facts, self._on_failed)
        self._models.ask(
            lambda memory, job: memory.adaptation.in_use(), self._on_models, self._on_failed
        )

    # -- the full check --------------------------------------------------------------------

    def check(self) -> None:
        """Read every page, link, text and original of the store on the reader thread."""

        def call(memory: Memory, job: Job) -> Health:
            return memory.figures.health(check=True, job=job)

        self._show_checking(True)
        self._bar.setRange(0, 0)
        self._say("… Checking every page", Colour.MUTED)
        self._check.ask(call, self._on_checked, self._on_check_failed, self._on_progress)

    def _on_progress(self, progress: Progress) -> None:
        self._bar.setRange(0, progress.total or 0)
        self._bar.setValue(progress.done)
        if progress.note:
            self._say(f"… {progress.note}", Colour.MUTED)

    def _on_checked(self, health: Health) -> None:
        self._show_checking(False)
        self._on_health(health)

    def _on_check_failed(self, error: Exception) -> None:
        self._show_checking(False)
        self._say(f"✗ The check could not be finished: {error}", Colour.BAD)

    def _on_stopped(self) -> None:
        self._check.cancel()
        self._show_checking(False)
        self._say("· The check was cancelled", Colour.MUTED)

    def _show_checking(self, checking: bool) -> None:
        self._bar.setVisible(checking)
        self._stop.setVisible(checking)
        self._start.setEnabled(not checking)

    # -- what is shown ---------------------------------------------------------------------

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The store could not be examined", error, self.reload)

    def _on_health(self, health: Health) -> None:
        self._health = health
        self._show_problems(health)
        self.store.show_facts(_store_facts(health))
        self.engine.show_facts(_engine_facts(health))
        self.audit.show_facts(_audit_facts(health))
        self.sizes.show_tables(health.tables)
        self.page.show_content()

    def _on_hooks(self, failures: tuple[AgentFailures, ...]) -> None:
        self._failures = failures
        self.hooks.show_failures(failures)

    def _on_models(self, in_use: tuple[InUse, ...]) -> None:
        self.models.show_facts([(NAMES[weights.model], described(weights)) for weights in in_use])

    def _show_problems(self, health: Health) -> None:
        if health.problems:
            count = len(health.problems)
            self._say(f"✗ {counted(count, 'problem')} found", Colour.BAD)
        elif health.checked:
            text = "✓ Every page, link, text, original and row of the log was checked and is sound"
            self._say(text, Colour.GOOD)
        else:
            self._say("· No problem seen; the full check has not run yet", Colour.MUTED)
        self._problems.setText("\n".join(f"• {problem}" for problem in health.problems))
        self._problems.setVisible(bool(health.problems))

    def _say(self, text: str, tone: Colour) -> None:
        self.state.set_tone(tone)
        self.state.setText(text)

    def copy_report(self) -> None:
        """Put all that is shown on the clipboard as plain text."""
        if self._health is not None:
            QGuiApplication.clipboard().setText(report(self._health, self._failures))


def _read_held(memory: Memory, _job: Job) -> list[tuple[str, str]]:
    stats = memory.figures.stats()
    return [
        ("Files imported", files_line(memory.sources.sums())),
        ("Episodes kept", kept_line(stats)),
        ("Episodes learned", learned_line(stats)),
        ("Secrets", _secrets(memory)),
    ]


def _secrets(memory: Memory) -> str:
    """What is known of secrets in clear, and where something can be done about them."""
    if memory.secrets.scanned_at() is None:
        return "Not looked for in what is stored: Store → Secrets… does"
    stored = sum(secret.state is SecretState.STORED for secret in memory.secrets.all())
    if stored:
        return f"{number(stored)} in clear: Store → Secrets… redacts them for good"
    return "None in clear when all that is stored was looked at last"


def _store_facts(health: Health) -> list[tuple[str, str]]:
    return [
        ("File", health.path),
        ("Size", size(health.file_size)),
        ("Unused pages", size(health.free_size)),
        ("Not yet folded in", _unfolded(health)),
        ("Free on the disk", size(health.disk_free)),
        ("Identity", health.store_id),
        ("Schema", str(health.schema)),
    ]


def _unfolded(health: Health) -> str:
    """What a copy of the one file would lack, if it were made now."""
    if not health.wal_size:
        return "nothing: the one file is whole"
    return f"{size(health.wal_size)} in its -wal file; File ▸ Save a Copy… takes both"


def _engine_facts(health: Health) -> list[tuple[str, str]]:
    waiting = [("Search index", f"{counted(health.search_waiting, 'step')} to be indexed again")]
    left = [
        ("Stopped import", f"{counted(health.left_behind, 'step')}, removed by the next import")
    ]
    return [
        *(waiting if health.search_waiting else ()),
        *(left if health.left_behind else ()),
        ("SQLite", health.sqlite_version),
        ("Driver", health.sqlite_driver),
        ("Journal", health.journal_mode),
        ("Synchronous", health.synchronous),
        ("HPM Inspector", health.program_version),
        ("Its log", _log_text(program_log())),
    ]


def _log_text(log: ProgramLog) -> str:
    """Where this program's own log is, which is no part of the store."""
    if log.level == "off":
        return "none: HPM_LOG is off"
    if log.trouble:
        return f"{log.path} cannot be written: {log.trouble}"
    return f"{log.path}, {size(log.size)}"


def _audit_facts(health: Health) -> list[tuple[str, str]]:
    return [("Rows", number(health.audit_rows)), ("Head", health.audit_head or "none")]


def report(health: Health, failures: Sequence[AgentFailures] = ()) -> str:
    """The health of a store as plain text, for a message to somebody who helps."""
    facts = [*_store_facts(health), *_engine_facts(health), *_audit_facts(health)]
    lines = [f"{name:<18}{value}" for name, value in facts]
    lines.append(f"{'Full check':<18}{'ran' if health.checked else 'not run'}")
    lines += [f"Problem: {problem}" for problem in health.problems] or ["No problem seen"]
    lines += [failure_sentence(failed) for failed in failures]
    lines += [
        f"{table.name:<40}{number(table.size):>16} bytes"
        + (f"{number(table.rows):>14} rows" if table.rows is not None else "")
        for table in health.tables
    ]
    return "\n".join(lines) + "\n"
