"""Views by their names (``app/kit/view_names``), each imported on the first visit."""

from __future__ import annotations

from importlib import import_module

from app.kit.navigation import Navigator
from app.kit.session import Session
from app.kit.view import View
from app.kit.view_names import ViewName


def load(name: ViewName, session: Session, navigator: Navigator) -> View:
    """The view of that name: ``MasksView`` of ``app.masks.view`` for ``masks``."""
    module = import_module(f"app.{name.value}.view")
    view = getattr(module, f"{name.value.capitalize()}View")(session, navigator)
    assert isinstance(view, View)
    return view
