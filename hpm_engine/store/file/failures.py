"""SQLite's errors in the words of the person who reads them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from hpm_engine.errors import (
    BadQuery,
    Cancelled,
    CannotOpen,
    CannotWrite,
    DamagedStore,
    HPMError,
    NotAStore,
    NotFound,
    ReadOnlyStore,
    StoreBusy,
)


@contextmanager
def explained(path: Path, driver: ModuleType) -> Iterator[None]:
    """The errors of SQLite, and of what it is given, in the words of the person who reads them."""
    try:
        yield
    except HPMError:
        raise
    except driver.Error as error:
        if str(error) == "interrupted":
            raise Cancelled from error
        raise in_words(path, str(error)) from error
    except UnicodeDecodeError as error:  # SQLite quotes noise where it should have a statement
        raise in_words(path, "malformed: its schema is no text") from error
    except OverflowError as error:
        raise NotFound(f"{path}: no number in a store is that large.") from error
    except UnicodeEncodeError as error:
        raise BadQuery(
            f"{path}: {error.object!a} is no text that a store could hold.", error.start
        ) from error


def in_words(path: Path, text: str) -> HPMError:
    """What SQLite's message means for the store at ``path``, and the remedy."""
    if "locked" in text or "busy" in text:
        return StoreBusy(
            f"{path}: another program is writing to this store. Nothing was changed; try again "
            "when it has finished."
        )
    if "not a database" in text:
        return NotAStore(f"{path}: not an HPM store (or its first page is destroyed). Left as is.")
    if "malformed" in text or "corrupt" in text or "no such" in text:
        return DamagedStore(
            f"{path}: the file is damaged ({text}). No change was left half done. Run `hpm doctor "
            "--check` on a copy, or restore a backup."
        )
    if "readonly" in text:
        return ReadOnlyStore(
            f"{path}: the file or its folder does not allow writing. Copy the store elsewhere, "
            "or open it for reading only."
        )
    if "full" in text:
        return CannotWrite(
            f"{path}: no space left on the disk. The change was undone; free some space and "
            "try again."
        )
    if "unable to open" in text:
        return CannotOpen(f"{path}: cannot be opened ({text}). Check the folder's permissions.")
    return CannotWrite(f"{path}: SQLite says “{text}”. The change was undone.")
