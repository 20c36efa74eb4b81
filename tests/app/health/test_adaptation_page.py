from __future__ import annotations

import re
from pathlib import Path

import click

from app.kit.actions import Menu
from app.shell.action_table import ACTIONS
from hpm_engine.cli.tiers.adapt import command
from hpm_engine.config import (
    ENCODER_EPISODES,
    FEWEST_HELD_OUT,
    FEWEST_LEARNED,
    HELD_OUT_PROJECTS,
    HELD_OUT_SHARE,
    KEPT_WEIGHTS,
    PROJECT_EPISODES,
)

PAGE = (Path(__file__).parents[3] / "resources" / "manual" / "adaptation.md").read_text("utf-8")


def test_every_command_on_the_page_is_in_the_window_or_on_the_terminal() -> None:
    texts = {action.text.replace("&", "") for action in ACTIONS if action.menu is Menu.STORE}
    commands = re.findall(r"\*\*((?:Fit|Take)[^*]+)\*\*", PAGE)
    assert len(commands) == 4 and set(commands) <= texts
    options = {
        text
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for text in parameter.opts
    }
    written = set(re.findall(r"--[a-z]+", PAGE))
    assert written == {"--encoder", "--mask", "--restore"} and written <= options


def test_the_numbers_on_the_page_are_those_of_the_program() -> None:
    assert f"At least {HELD_OUT_SHARE.value:.0%}".replace("%", " %") in PAGE
    assert (HELD_OUT_PROJECTS.value, PROJECT_EPISODES.value) == (3, 5)
    assert f"Below {FEWEST_LEARNED.value}\nepisodes" in PAGE
    assert f"or {FEWEST_HELD_OUT.value} to hold out" in PAGE
    assert KEPT_WEIGHTS.value == 8 and "last eight\nweights" in PAGE
    assert f"at most {ENCODER_EPISODES.value:,} episodes" in PAGE
