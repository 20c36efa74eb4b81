"""The computer's own time zone, with the hours that it skips and shows twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


class LocalZone(tzinfo):
    """What the operating system says of any moment; ``datetime.astimezone`` knows only one offset.

    A time of day next week is thus where the clock will show it, also if the clock changes before.
    """

    def utcoffset(self, moment: datetime | None) -> timedelta | None:
        """How far local time is ahead of UTC at a local time; its ``fold`` counts."""
        return _found(moment).utcoffset()

    def dst(self, moment: datetime | None) -> timedelta | None:
        """Unknown: the operating system tells only the whole offset."""
        return None

    def tzname(self, moment: datetime | None) -> str | None:
        """The zone's name at a local time."""
        return _found(moment).tzname()

    def fromutc(self, moment: datetime) -> datetime:
        """The local time of a moment whose fields are in UTC."""
        told = moment.replace(tzinfo=UTC)
        local = told.astimezone().replace(tzinfo=None)
        fold = int(local.astimezone().astimezone(UTC) != told)  # shown for the second time
        return local.replace(tzinfo=self, fold=fold)


def now() -> datetime:
    """This moment as local time."""
    return datetime.now(LocalZone())


def _found(moment: datetime | None) -> datetime:
    naive = datetime.now() if moment is None else moment.replace(tzinfo=None)
    return naive.astimezone()
