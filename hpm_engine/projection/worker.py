"""The fit itself, in a process of its own: arrays come in on stdin, positions go out on stdout.

UMAP compiles itself when it is imported (16 s the first time, 4 s later) and holds Python's lock
for a quarter of a second at a time: in the window's process either would be felt.
"""

from __future__ import annotations

import io
import logging
import os
import sys

import numpy as np
from numpy.typing import NDArray

from hpm_engine.projection.quick import RADIUS, Rows, placed
from hpm_engine.system.log.program_log import log_to_file
from hpm_engine.system.log.work import work

_LOG = logging.getLogger("hpm_engine.projection.worker")
NEIGHBOURS = 15
MINIMUM_DISTANCE = 0.1
FIRST_EPOCHS = 300  # of a map without an earlier one
LATER_EPOCHS = 120  # of a map that starts at the last one
_LATER_RATE = 0.3  # of the first fit's steps: what lies well already shall not be thrown about
_BLOCK = 1_000


def laid_out(rows: Rows, start: Rows, held: NDArray[np.bool_], first: bool) -> Rows:
    """UMAP of unit rows (n, d) by cosine (McInnes et al. 2018), beginning at ``start`` (n, 2).

    Rows that are ``held`` (n,) stay exactly where they start; the others settle around them: the
    attraction and repulsion along each edge moves its head alone, and edges with a held head are
    left out. The fuzzy graph is that of all rows.
    """
    from umap.layouts import optimize_layout_euclidean
    from umap.umap_ import find_ab_params, fuzzy_simplicial_set, make_epochs_per_sample

    count = min(NEIGHBOURS, len(rows))
    indices, distances = _neighbours(rows, count)
    graph, _, _ = fuzzy_simplicial_set(
        rows,
        count,
        np.random.RandomState(0),
        "cosine",
        knn_indices=indices,
        knn_dists=distances,
    )
    epochs = FIRST_EPOCHS if first else LATER_EPOCHS
    edges = graph.tocoo()
    xy = np.array(start, np.float32, order="C")
    if not edges.nnz:  # one row alone
        return xy
    kept = (edges.data >= edges.data.max() / epochs) & ~held[edges.row]
    a, b = find_ab_params(1.0, MINIMUM_DISTANCE)
    if not kept.any():
        return xy
    positions: Rows = optimize_layout_euclidean(
        xy,
        xy,
        edges.row[kept].astype(np.int32),
        edges.col[kept].astype(np.int32),
        epochs,
        len(rows),
        make_epochs_per_sample(edges.data[kept], epochs),
        a,
        b,
        np.array([1, 2, 3], np.int64),
        initial_alpha=1.0 if first else _LATER_RATE,
        move_other=False,
    )
    return positions


def _neighbours(rows: Rows, count: int) -> tuple[NDArray[np.int32], Rows]:
    """Exact nearest neighbours, itself first: (n, k) each, distances being 1 - cosine."""
    indices = np.zeros((len(rows), count), np.int32)
    distances = np.zeros((len(rows), count), np.float32)
    for start_row in range(0, len(rows), _BLOCK):
        cosines = rows[start_row : start_row + _BLOCK] @ rows.T
        here = np.arange(len(cosines))
        cosines[here, start_row + here] = 2.0
        nearest = np.argpartition(-cosines, count - 1, axis=1)[:, :count]
        similarities = np.take_along_axis(cosines, nearest, 1)
        order = np.argsort(-similarities, axis=1, kind="stable")
        indices[start_row : start_row + _BLOCK] = np.take_along_axis(nearest, order, 1)
        distances[start_row : start_row + _BLOCK] = np.maximum(
            0, 1 - np.take_along_axis(similarities, order, 1)
        )
    distances[:, 0] = 0
    return indices, distances


def main() -> None:
    """Read a question, write its answer: positions of the rows, then of the ``rest``."""
    if hasattr(os, "nice"):
        os.nice(10)  # whoever waits for the window goes first
    with log_to_file("map"), work(_LOG, "the fit") as counts:
        counts["rows"] = _answer()


def _answer() -> int:
    question = np.load(io.BytesIO(sys.stdin.buffer.read()), allow_pickle=False)
    rows, start = question["rows"], question["start"]
    positions = laid_out(rows, start, question["held"], bool(question["first"]))
    rest = placed(question["rest"], rows, positions)
    limit = 2 * RADIUS  # a stray point must not make the rest a dot
    answer = np.clip(np.vstack([positions, rest]), -limit, limit)
    buffer = io.BytesIO()  # numpy asks a file where it is, and a pipe is nowhere
    np.save(buffer, answer.astype(np.float32), allow_pickle=False)
    sys.stdout.buffer.write(buffer.getvalue())
    return len(answer)


if __name__ == "__main__":
    main()
