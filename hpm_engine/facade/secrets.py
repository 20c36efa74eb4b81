"""The secrets of a store: the policy, what was masked, what a person says to it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from hpm_engine.errors import NotFound
from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.secrets.policy import SECRETS, Secret, SecretPolicy, SecretsMasked, SecretsScanned
from hpm_engine.store.evictions import EvictionRows
from hpm_engine.store.secrets.rows import SecretRows
from hpm_engine.store.secrets.stored import Found, StoredSecrets
from hpm_engine.store.settings import Settings
from hpm_engine.values.reports import Changed

_LOG = "audit:"  # the beginning of such a place


class StoreSecrets:
    """What ``Memory.secrets`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db, self._log = internals.database, internals.log
        self._stored = StoredSecrets(internals.database)
        self._evictions = EvictionRows(internals.database, internals.log)
        self._rows = SecretRows(internals.database)
        self._settings = Settings(internals.database, internals.log)

    def policy(self) -> SecretPolicy:
        """What is done with secrets of what arrives."""
        with self._db.reading():
            return self._rows.policy()

    def set_policy(self, policy: SecretPolicy) -> Changed:
        """Choose what is done with secrets from the next import on; what is stored stays."""
        with self._db.writing():
            return self._settings.set(SECRETS, policy.value)

    def all(self) -> tuple[Secret, ...]:
        """Every secret that was met, never in clear; those that stand in the store first."""
        with self._db.reading():
            return self._rows.all()

    def clean(self, text: str) -> str:
        """A text without secrets, as it may leave the program."""
        with self._db.reading():
            masker = self._rows.masker()
        return masker.text(text)

    def scan(self, job: Job | None = None) -> SecretsScanned:
        """Look at all that is stored, and remember what stands there in clear.

        Nothing else changes. Raises ``Cancelled`` with nothing remembered.
        """
        found = self._stored.scan(job or Job())
        with self._db.writing():
            self._stored.keep(found)
        return SecretsScanned(self.all())

    def scanned_at(self) -> int | None:
        """When all that is stored was looked at last; Unix microseconds."""
        with self._db.reading():
            return self._rows.scanned_at()

    def mask_stored(self, job: Job | None = None) -> SecretsMasked:
        """Mask what stands in clear wherever it stands, for good, and wipe the file's free pages.

        What a person cleared stays. Vectors, memories and search are made anew by their jobs; what
        cycles could have undone is settled. What the log quotes beside its rows is erased; rows of
        earlier versions that quote some stay, and agents' checkpoints are their own.

        Raises ``Cancelled`` with nothing changed, but for the wiping, which goes on with the next.
        """
        from hpm_engine.store.secrets.rewriting import SecretRewriter

        job = job or Job()
        found = self._stored.scan(job)
        with self._db.writing():
            own = self._internals
            rewriter = SecretRewriter(own.database, own.log, own.steps, self._rows.masker())
            done = rewriter.rewrite(found, job)
            at = time.time_ns() // 1000
            left = _of_log(found)
            self._rows.put_found(left, at, whole=True)
            masks = {key: sum(places.values()) for key, places in found.items()}
            self._rows.note_masked(masks, at)
            if found:
                detail = {"secrets": len(found), **done, "tags": sorted(tag for _, tag in found)}
                own.log.append("purge secrets", "store", detail=detail)
                self._evictions.note_files(max(1, done["sources"]))
        wiped = self._evictions.wipe(job) if found else True
        return SecretsMasked(
            len(found),
            done["episodes"],
            done["steps"],
            done["sources"],
            done["names"],
            sum(map(len, left.values())),
            wiped,
        )

    def clear(self, tags: Sequence[str]) -> Changed:
        """Note that these are no secrets: they are masked no more. Raises ``NotFound``.

        What was masked of them stays masked: the store no longer has it.
        """
        return self._decide(tags, "clear secrets", self._rows.clear)

    def settle(self, tags: Sequence[str]) -> Changed:
        """Note that these are secrets, and stay masked. Raises ``NotFound``."""
        return self._decide(tags, "confirm secrets", self._rows.settle)

    def _decide(
        self, tags: Sequence[str], action: str, decide: Callable[[Sequence[str]], int]
    ) -> Changed:
        with self._db.writing():
            known = {secret.tag for secret in self._rows.all()}
            if missing := [tag for tag in tags if tag not in known]:
                raise NotFound(
                    f"{self._db.path}: no secret has the tag {missing[0]} (hpm secrets)."
                )
            count = decide(tags)
            if not count:
                return Changed.NOTHING
            self._log.append(action, "secrets", detail={"secrets": count})
        return Changed.SETTINGS | Changed.AUDIT


def _of_log(found: Found) -> Found:
    """What of it stands in the log."""
    left = {
        key: Counter({place: n for place, n in places.items() if place.startswith(_LOG)})
        for key, places in found.items()
    }
    return {key: places for key, places in left.items() if places}
