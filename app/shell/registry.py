"""The views of the rail, in its order; a view's module is imported on the first visit."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module

from app.kit.icons import Icon
from app.kit.navigation import Navigator, ViewName
from app.kit.session import Session
from app.kit.view import View


@dataclass(frozen=True, slots=True)
class Entry:
    """A view as the rail names it."""

    title: str
    icon: Icon


VIEWS = {
    ViewName.OVERVIEW: Entry("Overview", Icon.OVERVIEW),
    ViewName.EPISODES: Entry("Episodes", Icon.EPISODES),
    ViewName.MASKS: Entry("Masks", Icon.MASKS),
    ViewName.PROTOTYPES: Entry("Prototypes", Icon.PROTOTYPES),
    ViewName.CONSOLIDATION: Entry("Consolidation", Icon.CONSOLIDATION),
    ViewName.RECALL: Entry("Recall", Icon.RECALL),
    ViewName.AUDIT: Entry("Audit", Icon.AUDIT),
    ViewName.HEALTH: Entry("Health", Icon.HEALTH),
}


def load(name: ViewName, session: Session, navigator: Navigator) -> View:
    """The view of that name: ``MasksView`` of ``app.masks.view`` for ``masks``."""
    module = import_module(f"app.{name.value}.view")
    view = getattr(module, f"{name.value.capitalize()}View")(session, navigator)
    assert isinstance(view, View)
    return view
