"""What the commands do to the open store and to the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QFileDialog, QInputDialog

from app.kit.actions import Menu
from app.kit.formatting import counted
from app.kit.navigation import ViewName
from app.prototypes.operations import MAP_KEYS
from app.shell.dialogs.about_dialog import AboutDialog
from app.shell.dialogs.preferences_dialog import PreferencesDialog
from app.shell.dialogs.shortcuts_sheet import ShortcutsSheet
from hpm_engine import Changed, Health, Job, Memory

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow

_EVERYTHING = Changed.EPISODES | Changed.MARKS | Changed.SETTINGS | Changed.AUDIT
EPISODE_KEYS = (  # the timeline's own, which act only while it has the keyboard
    ("Return", "From the table to the steps"),
    ("J", "Next step"),
    ("K", "Previous step"),
    ("N", "Next hit of the search"),
    ("Shift+N", "Previous hit"),
    ("[", "Previous decision point, while the mask is laid over"),
    ("]", "Next decision point"),
    ("Space", "Unfold or fold the step"),
    ("Esc", "Back to the table"),
)
_FORMATS = {".csv": "csv", ".jsonl": "jsonl"}


def undo(window: MainWindow) -> None:
    """Take back the last change of marks."""
    if window.workspace is not None:
        window.workspace.marks.stack.undo()


def redo(window: MainWindow) -> None:
    """Do again what was taken back."""
    if window.workspace is not None:
        window.workspace.marks.stack.redo()


def toggle_pin(window: MainWindow) -> None:
    """Pin the selected episodes, or unpin them when all of them are pinned."""
    if window.workspace is not None and (ids := window.selected_ids()):
        window.workspace.marks.toggle_pin(ids)


def ask_tag_to_add(window: MainWindow) -> None:
    """Ask for a tag to give to the selected episodes."""
    _ask_tag(window, adding=True)


def ask_tag_to_remove(window: MainWindow) -> None:
    """Ask for a tag to take from the selected episodes."""
    _ask_tag(window, adding=False)


def _ask_tag(window: MainWindow, *, adding: bool) -> None:
    workspace, ids = window.workspace, window.selected_ids()
    if workspace is None or not ids:
        return
    dialog = QInputDialog(window)
    dialog.setWindowTitle("Add a tag" if adding else "Remove a tag")
    what = counted(len(ids), "selected episode")
    dialog.setLabelText(f"Tag to {'give to' if adding else 'take from'} {what}:")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    change = workspace.marks.add_tag if adding else workspace.marks.remove_tag
    dialog.textValueSelected.connect(lambda tag: tag.strip() and change(ids, tag.strip()))
    dialog.open()


def find(window: MainWindow) -> None:
    """Put the keyboard into the search."""
    window.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)


def refresh(window: MainWindow) -> None:
    """Have everything on screen read again."""
    if window.workspace is not None:
        window.workspace.session.changed.emit(_EVERYTHING)


def go_back(window: MainWindow) -> None:
    """Return to the selection before."""
    if window.workspace is not None:
        window.workspace.navigator.back()


def go_forward(window: MainWindow) -> None:
    """Go again to what was left by going back."""
    if window.workspace is not None:
        window.workspace.navigator.forward()


def toggle(dock: QDockWidget) -> None:
    """Show or hide a dock."""
    dock.setVisible(not dock.isVisible())


def ask_export(window: MainWindow) -> None:
    """Ask for a file and write the audit log to it."""
    dialog = QFileDialog(window, "Export the audit log", str(Path.home() / "audit.jsonl"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["JSON lines (*.jsonl)", "Comma-separated values (*.csv)"])
    dialog.setDefaultSuffix("jsonl")
    dialog.selectFile("audit.jsonl")
    dialog.fileSelected.connect(lambda name: export_audit(window, Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def export_audit(window: MainWindow, destination: Path) -> None:
    """Write the audit log to a file, in the format that its name says."""
    if window.workspace is None:
        return
    kind = _FORMATS.get(destination.suffix.lower(), "jsonl")

    def export(memory: Memory, job: Job) -> int:
        return memory.export_audit(destination, kind, job=job)

    window.workspace.session.write(export, f"Export the audit log to {destination.name}")


def verify_audit(window: MainWindow) -> None:
    """Recompute the chain and say what came out."""
    if window.workspace is None:
        return
    window.go_to_view(ViewName.AUDIT)
    task = window.workspace.session.read(
        lambda memory, job: memory.verify_audit(job), "Verify the audit log"
    )
    task.succeeded.connect(lambda _: window.log.show())


def check_store(window: MainWindow) -> None:
    """Run the full integrity check and say what came out."""
    if window.workspace is None:
        return

    def tell(health: Health) -> None:
        if health.problems:
            text = f"{counted(len(health.problems), 'problem')} found in {health.path}."
            window.problems.tell("The store is not sound", text, "\n".join(health.problems))
        else:
            text = "Every page, link, text, original and row of the log was checked."
            window.problems.tell("The store is sound", text)

    task = window.workspace.session.read(
        lambda memory, job: memory.health(check=True, job=job), "Check the store"
    )
    task.succeeded.connect(tell)


def show_preferences(window: MainWindow) -> None:
    """Open the preferences beside the window."""
    PreferencesDialog(window.settings, window).show()


def show_shortcuts(window: MainWindow) -> None:
    """Open the sheet of shortcuts beside the window."""
    groups = [(menu.replace("&", ""), window.commands.shortcuts(menu)) for menu in Menu]
    own = [("In an episode", EPISODE_KEYS), ("On the map of prototypes", MAP_KEYS)]
    ShortcutsSheet([*groups, *own], window).show()


def show_about(window: MainWindow) -> None:
    """Say which versions run here."""
    AboutDialog(window).show()
