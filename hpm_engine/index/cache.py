"""Where the index files of a store lie: outside of it, for they can be made again."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from platformdirs import user_cache_path

from hpm_engine.errors import DamagedStore
from hpm_engine.store.database import Database


def index_folder(database: Database) -> Path:
    """The folder for a store's index files, by the store's own id.

    Under ``HPM_CACHE_DIR`` if that is set. Raises ``DamagedStore`` for an id that is none: it
    must not name a folder elsewhere.
    """
    store_id = database.value("SELECT value FROM settings WHERE name = 'store_id'")
    try:
        name = str(uuid.UUID(store_id))
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedStore(
            f"{database.path}: has no valid id of its own. Restore a backup, or import the "
            "sources into a new store."
        ) from error
    given = os.environ.get("HPM_CACHE_DIR")
    return (Path(given) if given else user_cache_path("hpm-inspector")) / "index" / name
