from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from hpm_engine import open_memory

_LOOK = """
import sys
from pathlib import Path
from hpm_engine import Keeper, agents_folders, open_memory
with open_memory(Path(sys.argv[1]), read_only=True) as memory:
    Keeper(agents_folders).look(memory)
    memory.settings.ageing()
    memory.figures.stats()
print([name for name in ("numpy", "hpm_engine.ingest.detect") if name in sys.modules])
"""


def test_a_look_at_the_schedule_of_a_store_nobody_agreed_to_loads_no_numpy_and_no_reader(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.hpm"
    with open_memory(path, create=True):
        pass
    done = subprocess.run(
        [sys.executable, "-c", _LOOK, str(path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
