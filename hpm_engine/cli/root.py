"""The root of the command line, which loads commands late and turns failures into exit codes."""

from __future__ import annotations

import errno
import logging
import os
import signal
import sys
import threading
from contextlib import suppress
from importlib import import_module
from keyword import iskeyword
from pathlib import Path
from typing import Any, NoReturn

import click

from hpm_engine import BadQuery, Cancelled, CannotOpen, HPMError, __version__
from hpm_engine.cli.console.progress import Messages
from hpm_engine.cli.console.terminal import clean
from hpm_engine.system.log.program_log import log_to_file

_LOG = logging.getLogger(__name__)
# Exit codes.
OK = 0
FAILED = 1  # something failed, or a check found problems
UNUSABLE = 2  # wrong usage, or the store cannot be opened
CANCELLED = 130  # as shells report Ctrl+C

# Each command is in the module of its name; `hpm --help` shows the line without loading it.
COMMANDS = {
    "import": "Import session files, folders and archives into a store.",
    "discover": "List what agents keep on this computer.",
    "episodes": "List or search the episodes of a store.",
    "searches": "List, save, rename or delete the searches kept in a store.",
    "recall": "Recall the episodes that answer a cue, with the reasons.",
    "mcp": "Let agents ask a store, as a server of the Model Context Protocol (MCP).",
    "sources": "List the files that a store took or set aside; choose what it is to follow.",
    "sync": "Import what is new in a store's chosen sources.",
    "tail": "Show sessions as they go on, step by step.",
    "overview": "Sum up what agents did: days, models, projects, tools, tokens and cost.",
    "show": "Show one episode with its steps.",
    "note": "Write, change, delete or list notes on an episode and its steps.",
    "notes": "List or show the notes of agents' memories, and people's instructions for agents.",
    "forget": "Erase episodes, steps or a text from every byte of a store.",
    "quarantine": "Set episodes or notes apart from recall and learning; what they touched.",
    "trash": "Delete episodes until a date, list or restore what was deleted.",
    "raw": "Write an episode's original bytes.",
    "export": "Write episodes as files that other programs, or people, read.",
    "blame": "List the sessions that changed a file, with the step, the latest first.",
    "fix": "List how an error went away: the same call failed with it and passed later.",
    "how": "List calls of a tool, or of a program on the command line, that worked.",
    "handover": "Write a session in brief, for another agent to go on with.",
    "restore": "Put sessions that agents deleted back where they look for them.",
    "countdown": "List the sessions that agents will delete, and whether the store has them.",
    "checkpoints": "List, save, write, fork or forget states that agents saved.",
    "audit": "List, export or verify the log of all changes.",
    "secrets": "List the secrets that were masked or are stored; say what becomes of them.",
    "doctor": "Say whether a store is healthy, and what it takes on disk.",
    "backup": "Copy a store into one checked file, whatever has it open.",
    "backups": "List the backups that a store knows of; plan them.",
    "restore-backup": "Go back to a backup of a whole store (hpm restore is for files of agents).",
    "passphrase": "Put a store under a passphrase, under another, or under none.",
    "index": "Index again for searches what an earlier version indexed.",
    "encode": "Give new steps and episodes their vectors, for recall by meaning.",
    "compress": "Compress episodes to a twelfth of their bytes, or show what that keeps.",
    "age": "Compress what is old and out of use; evict what the settings no longer keep.",
    "encoder": "List the models that encode texts, or install a stronger one.",
    "connect": "Let an agent use a store: its hooks and its server, in the agent's settings.",
    "disconnect": "Take out of an agent's settings what hpm connect put in.",
    "replay-recall": "Ask past sessions again as they began: would recall have helped?",
    "visibility": "Say which agents and projects see which episodes.",
    "consolidate": "Let memories settle into prototypes that do not forget.",
    "prototypes": "List, show, name, pin, merge or forget what memories settled into.",
    "run": "Keep a store's schedule: age and consolidate while agents are idle.",
    "adapt": "Fine-tune the encoder or the mask on a store's own episodes.",
    "train": "Make again the models that come with the program.",
    "bench": "Measure speed and safety on this computer.",
    "sample": "Build a store of generated sessions to look at.",
}
# Those that are in a folder of their kind.
_FOLDERS = {
    "agents": ("checkpoints", "connect", "disconnect", "handover", "mcp", "replay-recall"),
    "leaving": ("forget", "quarantine", "trash"),
    "safety": ("backup", "backups", "restore-backup"),
    "tiers": (
        *("adapt", "age", "compress", "consolidate"),
        *("encode", "encoder", "prototypes", "train"),
    ),
}
_NO_MEMORY = (
    "there is not enough memory for this. What was under way is undone; ask for less at a time "
    "(`hpm show --steps`), close other programs, or look at the store with `hpm doctor --check`."
)


class Root(click.Group):
    """A group that loads a command's module only for its use, so that ``hpm --help`` is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands in the order of their first use."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        _LOG.info("hpm %s begins, version %s", cmd_name, __version__)
        module = import_module(f"hpm_engine.cli.{_module_name(cmd_name)}")
        if threading.current_thread() is threading.main_thread():
            # All is loaded: from now on Ctrl+C undoes the current work (see hpm_command.py).
            signal.signal(signal.SIGINT, signal.default_int_handler)
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading any."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; expected failures become a line on stderr and an exit code."""
        with log_to_file("hpm", ctx.params.get("log"), Messages()):
            try:
                result = self._answered(ctx)
            except (click.exceptions.Exit, click.ClickException) as ending:
                _LOG.info("hpm ends with status %d", ending.exit_code)
                if isinstance(ending, click.ClickException):  # may quote what was typed
                    vars(ending)["message"] = clean(ending.message)
                raise
            except Exception:
                _LOG.error("hpm ends by a failure that nobody expected", exc_info=True)
                raise
            _LOG.info("hpm ends")
            return result

    def _answered(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (CannotOpen, BadQuery) as error:
            _fail(ctx, str(error), UNUSABLE)
        except HPMError as error:
            _fail(ctx, str(error), FAILED)
        except Cancelled as stop:
            _fail(ctx, str(stop) or "Cancelled; nothing was changed.", CANCELLED)
        except OSError as error:
            if error.errno == errno.EPIPE:
                _close_output()
                ctx.exit(OK)  # the reader has seen enough
            if error.filename is not None:
                raise  # not the output
            _fail(ctx, f"the output cannot be written ({error.strerror}).", FAILED)
        except MemoryError:
            _fail(ctx, _NO_MEMORY, FAILED)
        except KeyboardInterrupt:
            _fail(ctx, "Cancelled.", CANCELLED)


def _module_name(command: str) -> str:
    """The module of a command; ``import`` is a keyword of Python, which cannot be its name."""
    name = command.replace("-", "_")
    module = f"{name}_" if iskeyword(name) else name
    for folder, commands in _FOLDERS.items():
        if command in commands:
            return f"{folder}.{module}"
    return module


def _close_output() -> None:
    """Discard what is left in buffers: nobody reads it, and Python would complain at exit."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def _fail(ctx: click.Context, message: str, code: int) -> NoReturn:
    _LOG.info("hpm refuses", exc_info=True)
    click.echo(f"hpm: {clean(message)}", err=True)
    ctx.exit(code)


@click.command(
    cls=Root,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done, 1 something failed or a check found problems, 2 wrong usage or "
    "the store cannot be opened, 130 cancelled with Ctrl+C. A reader that closes its pipe is 0.",
)
@click.version_option(__version__, prog_name="hpm")
@click.option(
    "--log",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the program's log there. It holds no text of a trace; HPM_LOG sets its level.",
)
def hpm(log: Path | None) -> None:
    """See what an AI agent remembers: import, search, show, audit and check a store.

    A store is one file, NAME.hpm. Everything runs on this computer; nothing is sent anywhere.
    Every command takes --json and then writes nothing but JSON to standard output. Times are local,
    printed with their offset; JSON and exports have UTC.
    """
