"""The process that tunes: ``python -m hpm_engine.adaptation.worker MODEL STORE``.

It reads the store and writes nothing; torch, a gigabyte of lessons and whatever goes wrong with
them stay out of the process that asked. It ends with that one: its standard input is then closed.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from pathlib import Path

from hpm_engine.adaptation.messages import Failed, Message, UnderWay, line_of
from hpm_engine.adaptation.tuned import Tuned
from hpm_engine.errors import HPMError
from hpm_engine.job import Job, Progress
from hpm_engine.store.file.seal import Seal, keyring
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.schema.upgrade import open_database
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.texts import Texts
from hpm_engine.system.log.program_log import log_to_file
from hpm_engine.system.log.work import work
from hpm_engine.values.adaptation import Model

_LOG = logging.getLogger("hpm_engine.adaptation.worker")
_INTERVAL = 0.1  # seconds between two reports
_YIELDS = 10  # of priority: recall and the window come first


def main() -> None:
    """Tune, and say what came of it on standard output."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not stand among the messages
    _take_key()
    threading.Thread(target=_end_with_input, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(_YIELDS)

    def say(message: Message) -> None:
        channel.write(line_of(message))
        channel.flush()

    def report(progress: Progress) -> None:
        say(UnderWay(progress))

    with log_to_file("adapt"):
        try:
            with work(_LOG, "fine-tuning"):
                answer = tuned(Model(sys.argv[1]), Path(sys.argv[2]), Job(report, _INTERVAL))
        except HPMError as error:
            say(Failed(type(error).__name__, str(error)))
        else:
            say(answer)


def tuned(model: Model, store: Path, job: Job) -> Tuned:
    """What tuning a model on a store gives, in this process. Raises as the two tunings do."""
    database, _ = open_database(store, read_only=True, create=False, actor="")
    try:
        steps = StepRows(database, Texts(database), SearchIndex(database))
        if model is Model.ENCODER:
            from hpm_engine.adaptation.encoder_tuning import tuned_encoder

            return tuned_encoder(database, steps, job)
        from hpm_engine.adaptation.mask_tuning import tuned_mask

        return tuned_mask(database, steps, job)
    finally:
        database.close()


def _take_key() -> None:
    """Read the line that opens a store under a passphrase; empty for any other."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    if words := line.split():
        keyring.add(Seal(*(bytes.fromhex(word.decode()) for word in words)))


def _end_with_input() -> None:
    # Not sys.stdin: at the end Python would wait for the lock that a blocked read of it holds.
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
