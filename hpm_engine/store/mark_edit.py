"""One change of what a person put on things: written, logged, and told so that it can be undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import sha256

import msgspec

from hpm_engine.audit.chain import canonical_json
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.values.reports import Changed, Edit

Marks = dict[int, tuple[str, ...]]


class MarkEdit(msgspec.Struct, frozen=True):
    """A change of one ``kind`` of marks; ``subject`` is what carries them, as the log says it."""

    title: str
    action: str
    kind: str
    subject: str
    changed: Changed

    def apply(
        self,
        before: Mapping[int, tuple[str, ...]],
        after: Mapping[int, tuple[str, ...]],
        write: Callable[[str, int, tuple[str, ...]], None],
        audit: AuditLog,
    ) -> Edit:
        """Write what differs, with its audit rows, inside the caller's transaction."""
        moved = [key for key in after if before[key] != after[key]]
        for key in moved:
            write(self.kind, key, after[key])
            audit.append(
                self.action,
                f"{self.subject}:{key}",
                before=_digest(self.kind, before[key]),
                after=_digest(self.kind, after[key]),
                content={"kind": self.kind, "before": before[key], "after": after[key]},
            )
        return Edit(
            title=self.title,
            kind=self.kind,
            before=tuple((key, before[key]) for key in moved),
            after=tuple((key, after[key]) for key in moved),
            changed=self.changed | Changed.AUDIT if moved else Changed.NOTHING,
        )


def _digest(kind: str, marks: tuple[str, ...]) -> str:
    return sha256(canonical_json({kind: marks}).encode()).hexdigest()
