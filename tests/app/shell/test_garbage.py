from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from app.shell.garbage import GarbageCollection


class Node:
    """One end of a cycle that notes where it died."""

    def __init__(self, died_on: list[int]) -> None:
        self.itself = self
        weakref.finalize(self, lambda: died_on.append(threading.get_ident()))


@pytest.fixture
def collection(qapp: QObject) -> Iterator[GarbageCollection]:
    collection = GarbageCollection(qapp)
    yield collection
    collection.stop()
    assert gc.get_freeze_count() == 0


def make_cycles(died_on: list[int], count: int) -> None:
    for _ in range(count):
        Node(died_on)


def test_what_another_thread_leaves_behind_dies_on_the_windows_thread(
    collection: GarbageCollection, qtbot: QtBot
) -> None:
    died_on: list[int] = []
    worker = threading.Thread(target=make_cycles, args=(died_on, 5_000))
    worker.start()
    worker.join()
    assert not died_on
    qtbot.waitUntil(lambda: len(died_on) == 5_000)
    assert set(died_on) == {threading.get_ident()}


def test_little_garbage_waits_for_the_look_at_everything(
    collection: GarbageCollection,
) -> None:
    died_on: list[int] = []
    gc.collect()
    make_cycles(died_on, 10)
    collection.look()
    assert not died_on
    for _ in range(60):
        collection.look()
    assert len(died_on) == 10
