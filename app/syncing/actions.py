"""The commands of chosen sources."""

from __future__ import annotations

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.job_kind import JobKind
from app.syncing.keeping import TITLE
from app.syncing.words import synced
from hpm_engine import Syncer, SyncReport


def sync(store: OpenStore) -> None:
    """Import what is new in all chosen sources, now."""
    task = store.session.write(
        lambda memory, job: Syncer().sync(memory, job),
        TITLE,
        JobKind.SYNC,
        synced,
        piecewise=SyncReport.CHANGES,
    )
    task.succeeded.connect(lambda report: _tell(store, report))


def _tell(store: OpenStore, report: SyncReport) -> None:
    if not report.sources:
        ask_sources(store)  # there is nothing to sync from until one is chosen
    elif report.failures:
        headline = "Some of the sources could not be read"
        store.problems.tell(headline, "All others were synced.", "\n".join(report.failures))


def ask_sources(store: OpenStore) -> None:
    """Show the chosen sources, to be changed."""
    from app.syncing.sources_dialog import SourcesDialog  # not for the start

    SourcesDialog(store.session, store.frame).open()


SYNC_ACTIONS = (
    StoreAction(
        id=Command.SYNC,
        text="Sync",
        tip="Import what is new in the folders that were chosen as sources.",
        menu=Menu.FILE,
        run=sync,
        icon=Icon.REFRESH,
        shortcuts=("Ctrl+Shift+S",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.SOURCES,
        text="Sou&rces…",
        tip="Choose the folders that this store is kept up to date with.",
        menu=Menu.FILE,
        run=ask_sources,
        icon=Icon.IMPORT_FOLDER,
        needs=Needs.STORE,
        ends_group=True,
    ),
)
