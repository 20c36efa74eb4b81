"""The rows of secrets: the policy, the key of the tags, what was masked, found or cleared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from hpm_engine.secrets.masking import Masker
from hpm_engine.secrets.policy import SECRETS, Secret, SecretPolicy, SecretState
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, ReadBy

_SECRET = Columns(
    Secret,
    {
        "tag": "s.tag",
        "rule": "s.rule",
        "state": ReadBy("s.state", SecretState),
        "times": "s.times",
        "first_at": "s.first_at",
        "last_at": "s.last_at",
        "places": ReadBy(
            "(SELECT json_group_array(place) FROM (SELECT p.place FROM secret_places p"
            " WHERE p.tag = s.tag ORDER BY p.place LIMIT 20))",
            lambda text: tuple(_listed(text)),
        ),
        "step": ReadBy(
            "(SELECT min(CAST(substr(p.place, 6) AS INTEGER)) FROM secret_places p"
            " WHERE p.tag = s.tag AND p.place LIKE 'step:%')",
            lambda key: _step_of(key) if key else None,
        ),
    },
)
_NOTE = (
    "INSERT INTO secrets (tag, rule, state, times, first_at, last_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (tag) DO UPDATE SET times = times + excluded.times,"
    " first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)"
)


class SecretRows:
    """What a store knows of secrets. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def policy(self) -> SecretPolicy:
        """What the store does with secrets of what arrives: as before where it is an older one."""
        value = self._db.value("SELECT value FROM settings WHERE name = ?", (SECRETS,))
        if value in tuple(SecretPolicy):
            return SecretPolicy(value)
        earlier = self._db.value("SELECT earlier FROM secret_key WHERE id = 1")
        return SecretPolicy.KEEP if earlier else SecretPolicy.MASK

    def masker(self) -> Masker:
        """What masks secrets by this store's key."""
        key: bytes = self._db.value("SELECT key FROM secret_key WHERE id = 1") or b""
        sql = "SELECT tag FROM secrets WHERE state = ?"
        cleared = self._db.rows(sql, (SecretState.CLEARED,))
        return Masker(bytes(key), [tag for (tag,) in cleared])

    def note_masked(
        self, masks: Mapping[tuple[str, str], int], at: int, *, waits: bool = False
    ) -> None:
        """Count what was masked just now; ``waits``: a person is to look at what is new."""
        state = SecretState.WAITING if waits else SecretState.MASKED
        self._db.connection.executemany(
            _NOTE, [(tag, rule, state, times, at, at) for (rule, tag), times in masks.items()]
        )

    def is_otherwise(self, source_id: int, *, masks: bool) -> bool:
        """Whether a source's secrets were kept and would be masked now, or the other way."""
        masked = self._db.value("SELECT masked FROM sources WHERE id = ?", (source_id,))
        return masked is None if masks else bool(masked)

    def all(self) -> tuple[Secret, ...]:
        """Every secret that was met, those in clear first."""
        sql = (
            f"SELECT {_SECRET.sql} FROM secrets s ORDER BY s.state <> 'stored',"
            " s.state <> 'waiting', s.rule, s.tag"
        )
        return tuple(_SECRET.values(self._db.rows(sql)))

    def scanned_at(self) -> int | None:
        """When all that is stored was looked at last."""
        at: int | None = self._db.value("SELECT scanned_at FROM secret_key WHERE id = 1")
        return at

    def put_found(
        self, found: Mapping[tuple[str, str], Mapping[str, int]], at: int, *, whole: bool
    ) -> None:
        """Keep what a scan found in clear: by rule and tag the places, with how often there."""
        self._db.execute("DELETE FROM secret_places")
        self._db.execute("UPDATE secrets SET state = 'masked' WHERE state = 'stored'")
        for (rule, tag), places in found.items():
            self._db.execute(_NOTE, (tag, rule, SecretState.STORED, 0, at, at))
            sql = "UPDATE secrets SET state = 'stored', times = max(times, ?) WHERE tag = ?"
            self._db.execute(f"{sql} AND state <> 'cleared'", (sum(places.values()), tag))
            self._db.connection.executemany(
                "INSERT OR REPLACE INTO secret_places (tag, place, times) VALUES (?, ?, ?)",
                [(tag, place, times) for place, times in places.items()],
            )
        if whole:
            self._db.execute("UPDATE secret_key SET scanned_at = ? WHERE id = 1", (at,))

    def clear(self, tags: Iterable[str]) -> int:
        """Note that these are no secrets; how many were known."""
        return sum(
            self._db.execute(
                "UPDATE secrets SET state = 'cleared' WHERE tag = ? AND state <> 'cleared'", (tag,)
            ).rowcount
            for tag in tags
        )

    def settle(self, tags: Iterable[str]) -> int:
        """Note that these are secrets and stay masked; how many waited or had been cleared."""
        return sum(
            self._db.execute(
                "UPDATE secrets SET state = 'masked' WHERE tag = ? AND state IN"
                " ('waiting', 'cleared')",
                (tag,),
            ).rowcount
            for tag in tags
        )


def _listed(text: str) -> list[str]:
    import msgspec

    return msgspec.json.decode(text, type=list[str])


def _step_of(key: int) -> tuple[int, int]:
    from hpm_engine.store.rows.steps import place_of  # it imports the log, and the log this

    return place_of(key)
