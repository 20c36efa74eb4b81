from __future__ import annotations

import os
from pathlib import Path

import click

from hpm_engine.cli.root import COMMANDS, hpm

PAGE = Path(__file__).parents[3] / "resources" / "manual" / "commands.md"
HEAD = (
    "# The hpm command\n\n"
    "This page is what `hpm COMMAND --help` prints. It is written by a test: after a change run "
    "`HPM_UPDATE_DOCS=1 pytest tests/engine/cli/test_command_docs.py`.\n"
)


def help_page() -> str:
    names = hpm.context_settings["help_option_names"]
    context = click.Context(hpm, info_name="hpm", terminal_width=100, help_option_names=names)
    parts = [HEAD, f"```\n{hpm.get_help(context)}\n```\n"]
    for name in COMMANDS:
        command = hpm.get_command(context, name)
        assert command is not None
        own = click.Context(command, info_name=name, parent=context, terminal_width=100)
        parts.append(f"## hpm {name}\n\n```\n{command.get_help(own)}\n```\n")
    return "\n".join(parts)


def test_the_page_of_commands_is_what_help_says() -> None:
    page = help_page()
    if os.environ.get("HPM_UPDATE_DOCS"):
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(page, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == page


def test_every_command_has_an_example_json_and_a_help_line_for_each_option() -> None:
    context = click.Context(hpm, info_name="hpm")
    for name, line in COMMANDS.items():
        command = hpm.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.short_help == line
        assert command.help is not None
        assert command.help.startswith(line)
        assert f"Example: hpm {name}" in command.help
        options = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
        assert all(option.help for option in options), name
        assert "--json" in {text for option in options for text in option.opts}
        assert "With --json:" in command.help
