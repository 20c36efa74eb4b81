"""What opening a store of an earlier version did to it, for the command line and the window."""

from __future__ import annotations

import msgspec

from hpm_engine.words.plurals import counted


class Upgrade(msgspec.Struct, frozen=True):
    """Schemas before and after, what was taken out, and what waits to be indexed again.

    ``files_freed`` with ``bytes_freed`` were no traces; ``steps_waiting`` are found by fewer words
    in searches until they are indexed again, ``episodes_waiting`` in recall.
    """

    before: int
    after: int
    files_freed: int = 0
    bytes_freed: int = 0
    steps_waiting: int = 0
    episodes_waiting: int = 0

    def sentences(self) -> tuple[str, ...]:
        """What was done, one sentence a fact."""
        said = [
            f"This store was made by an earlier version of the program (schema {self.before}) and"
            f" was brought up to date (schema {self.after})."
        ]
        if self.files_freed:
            verb = "was no trace" if self.files_freed == 1 else "were no traces"
            said.append(
                f"The bytes of {counted(self.files_freed, 'file')} that {verb}"
                f" ({counted(self.bytes_freed, 'byte')}) were taken out of the store."
            )
        waiting = []
        if self.steps_waiting:
            waiting.append(f"{counted(self.steps_waiting, 'step')} for searches")
        if self.episodes_waiting:
            waiting.append(f"{counted(self.episodes_waiting, 'episode')} for recall")
        if waiting:
            many = self.steps_waiting + self.episodes_waiting > 1
            said.append(
                f"To be indexed again: {' and '.join(waiting)}; until then some words may not find"
                f" {'them' if many else 'it'}."
            )
        return tuple(said)
