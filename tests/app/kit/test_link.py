from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from app.kit.link import command_line, link, place_of
from app.kit.navigation import Place
from app.kit.view_names import ViewName


def test_a_link_leads_to_where_it_was_copied() -> None:
    assert place_of(link(12)) == Place(ViewName.EPISODES, 12)
    assert place_of(link(12, 3)) == Place(ViewName.EPISODES, 12, 3)
    assert link(12, 3) == "episode/12/step/4"


def test_the_command_line_names_the_store_whatever_it_is_called() -> None:
    path = Path("/home/me/my store's $(touch x).hpm")
    assert shlex.split(command_line(path, 7)) == ["hpm-inspector", str(path), "--go", "episode/7"]


@pytest.mark.parametrize("text", ["", "12", "episode/x", "episode/1/step/0", "episode/1/step/"])
def test_what_is_no_link_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no link"):
        place_of(text)
