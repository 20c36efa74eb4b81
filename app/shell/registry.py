"""The views of the rail, in its order; a view's module is imported on the first visit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from app.kit.icons import Icon
from app.kit.navigation import Navigator, ViewName
from app.kit.session import Session

if TYPE_CHECKING:
    from app.audit.view import AuditView
    from app.consolidation.view import ConsolidationView
    from app.episodes.view import EpisodesView
    from app.health.view import HealthView
    from app.masks.view import MasksView
    from app.overview.view import OverviewView
    from app.prototypes.view import PrototypesView
    from app.recall.view import RecallView

    View: TypeAlias = (
        AuditView
        | ConsolidationView
        | EpisodesView
        | HealthView
        | MasksView
        | OverviewView
        | PrototypesView
        | RecallView
    )

Maker = Callable[[Session, Navigator], "View"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A view as the rail names it, and how its class is had."""

    title: str
    icon: Icon
    load: Callable[[], Maker]


def _overview() -> Maker:
    from app.overview.view import OverviewView

    return OverviewView


def _episodes() -> Maker:
    from app.episodes.view import EpisodesView

    return EpisodesView


def _masks() -> Maker:
    from app.masks.view import MasksView

    return MasksView


def _prototypes() -> Maker:
    from app.prototypes.view import PrototypesView

    return PrototypesView


def _consolidation() -> Maker:
    from app.consolidation.view import ConsolidationView

    return ConsolidationView


def _recall() -> Maker:
    from app.recall.view import RecallView

    return RecallView


def _audit() -> Maker:
    from app.audit.view import AuditView

    return AuditView


def _health() -> Maker:
    from app.health.view import HealthView

    return HealthView


VIEWS: dict[ViewName, Entry] = {
    ViewName.OVERVIEW: Entry("Overview", Icon.OVERVIEW, _overview),
    ViewName.EPISODES: Entry("Episodes", Icon.EPISODES, _episodes),
    ViewName.MASKS: Entry("Masks", Icon.MASKS, _masks),
    ViewName.PROTOTYPES: Entry("Prototypes", Icon.PROTOTYPES, _prototypes),
    ViewName.CONSOLIDATION: Entry("Consolidation", Icon.CONSOLIDATION, _consolidation),
    ViewName.RECALL: Entry("Recall", Icon.RECALL, _recall),
    ViewName.AUDIT: Entry("Audit", Icon.AUDIT, _audit),
    ViewName.HEALTH: Entry("Health", Icon.HEALTH, _health),
}
