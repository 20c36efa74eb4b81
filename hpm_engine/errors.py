"""What can go wrong, worded for the person who reads it.

::

    HPMError                    expected; str(error) is shown as it is
    ├── CannotOpen              the store at this path cannot be opened
    │   ├── NotAStore           another program's file
    │   ├── NewerStore          written by a newer version of this program
    │   ├── DamagedStore        the file is corrupt
    │   ├── ReadOnlyStore       the medium or the file does not allow writing
    │   ├── LockedStore         under a passphrase that this process was not given
    │   │   └── WrongPassphrase the passphrase that was given is another
    │   ├── StoreMissing        no such file, or its folder is missing
    │   └── StoreBusy           another program is writing to it
    ├── CannotWrite             a change was refused and undone: no space, I/O error
    │   ├── HeadMoved           a thread of checkpoints has another latest one than expected
    │   └── StoreReplaced       the file was deleted, moved, replaced or cut while it was open
    ├── CannotImport            one source is unreadable; names the file and the place
    │   ├── LimitExceeded       a source is larger or deeper than the limits allow
    │   └── NothingToImport     a source was understood and holds no session; says why
    ├── BadModel                a model's file is missing, another, or not what it should hold
    ├── NotFound                no such episode, step or setting
    │   └── Evicted             it was there, and went for good when its episode was evicted
    ├── BadPassphrase           one that no store should be put under
    ├── BadQuery                a search that cannot be understood; says where and why
    ├── MixedEncoders           vectors of one encoder where those of another belong
    └── WorkerDied              a process that worked for this one ended before its time
    Cancelled                   the person asked to stop (not an HPMError: not a failure)

Anything else is a bug: logged by its traceback, without its message, and offered as a report.
"""

from __future__ import annotations


class HPMError(Exception):
    """An expected failure; its text names what happened, to what, and the remedy."""


class CannotOpen(HPMError):
    """The store at this path cannot be opened."""


class NotAStore(CannotOpen):
    """The file belongs to another program."""


class NewerStore(CannotOpen):
    """The store was written by a newer version of this program."""


class DamagedStore(CannotOpen):
    """The file is corrupt."""


class ReadOnlyStore(CannotOpen):
    """The medium, the folder or the file does not allow writing."""


class LockedStore(CannotOpen):
    """The store is under a passphrase, and this process was not given it."""


class WrongPassphrase(LockedStore):
    """The passphrase that was given does not open the store."""


class StoreMissing(CannotOpen):
    """There is no such file, or its folder does not exist."""


class StoreBusy(CannotOpen):
    """Another program holds the store for writing."""


class CannotWrite(HPMError):
    """A change was refused and undone: the disk is full, or an I/O error occurred."""


class HeadMoved(CannotWrite):
    """A thread's latest checkpoint is another than was expected: somebody saved meanwhile."""


class StoreReplaced(CannotWrite):
    """The store's file is not the one that was opened: deleted, moved, replaced or cut."""


class CannotImport(HPMError):
    """One source is unreadable; the text names the file and the place in it."""


class LimitExceeded(CannotImport):
    """A source is larger, longer or deeper than the import limits allow."""


class NothingToImport(CannotImport):
    """A source was understood and holds no session; the text says what it holds instead."""


class BadModel(HPMError):
    """A model's file is missing, is another one, or does not hold what it should."""


class NotFound(HPMError):
    """There is no such episode, step or setting in the store."""


class Evicted(NotFound):
    """The whole text or the original bytes of an episode are gone.

    See ``hpm_engine.values.ageing``.
    """


class BadPassphrase(HPMError):
    """A passphrase is too short, too long, or of more than a line."""


class BadQuery(HPMError):
    """A search that cannot be understood; the text says where and why.

    ``position`` counts characters from 0; ``length`` is how many of them are wrong.
    """

    def __init__(self, message: str, position: int, length: int = 1) -> None:
        super().__init__(message)
        self.position = position
        self.length = length


class MixedEncoders(HPMError):
    """Vectors of one encoder were to be stored with, or compared to, those of another."""


class WorkerDied(HPMError):
    """A process that worked for this one ended before it was done; nothing was changed."""


class Cancelled(Exception):
    """The person asked to stop; whatever was under way has been undone."""
