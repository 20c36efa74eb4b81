"""Exporting episodes: asked for, then done as a job that can be stopped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from app.episodes.commands.export_dialog import EpisodeExportDialog, ask_where
from app.kit.actions import OpenStore
from app.kit.formatting import counted, size
from hpm_engine import Exported, ExportedFile, ExportFormat, ExportPart, Job, Memory, local_now


def ask_export(store: OpenStore) -> None:
    """Ask in which form the selected episodes shall leave, then where to."""
    if ids := tuple(store.selected_ids()):
        dialog = EpisodeExportDialog(store.session, ids, store.frame)
        dialog.chosen.connect(partial(_ask_where, store, ids))
        dialog.open()


def _ask_where(
    store: OpenStore, ids: Sequence[int], form: ExportFormat, without: frozenset[ExportPart]
) -> None:
    many = len(ids) > 1
    day = f"{local_now():%Y-%m-%d}"
    ending = form.suffix if form.readable or not many else ".zip"
    name = f"episodes {day}{ending}" if many else f"episode {ids[0]} {day}{ending}"
    dialog = ask_where(form, name, many, store.frame)
    dialog.fileSelected.connect(lambda path: export(store, ids, form, Path(path), without))
    dialog.open()


def export(
    store: OpenStore,
    ids: Sequence[int],
    form: ExportFormat,
    target: Path,
    without: frozenset[ExportPart] = frozenset(),
) -> None:
    """Write episodes to a file; the dialog has asked whether one may be replaced."""

    def call(memory: Memory, job: Job) -> Exported | ExportedFile:
        if len(ids) == 1:
            return memory.episodes.export(ids[0], target, job=job, form=form, without=without)
        return memory.episodes.export_many(ids, target, form, without=without, job=job)

    def tell(exported: Exported | ExportedFile) -> None:
        text = f"{target}: {size(exported.size)}."
        if isinstance(exported, ExportedFile) and exported.passed_over:
            left_out = counted(len(exported.passed_over), "episode")
            text += f" Left out: {left_out}. {exported.passed_over[0][1]}"
            store.problems.tell("Not all episodes were exported", text)

    task = store.session.write(call, f"Export {counted(len(ids), 'episode')} to {target.name}")
    task.succeeded.connect(tell)
