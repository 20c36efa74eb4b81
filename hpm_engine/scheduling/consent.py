"""Whether a store may tidy itself: a person is asked once, and defaults are no answer."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hpm_engine.scheduling.schedule import SCHEDULE

BY_ITSELF = "by_itself"  # the setting of a store that holds the answer


class Consent(StrEnum):
    """What a person said to ageing and consolidation that nobody starts; settings hold it."""

    YES = "yes"
    NO = "no"
    UNASKED = "unasked"


def consent_of(settings: Mapping[str, str]) -> Consent:
    """What was said, by a store's settings: a schedule that somebody set is a yes as well."""
    said = settings.get(BY_ITSELF, "")
    if said in (Consent.YES, Consent.NO):
        return Consent(said)
    return Consent.YES if settings.get(SCHEDULE) else Consent.UNASKED
