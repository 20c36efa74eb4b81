"""Connecting an agent to a store, and taking that back."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import msgspec

from hpm_engine.connecting.agents import (
    AGENTS,
    ConnectableAgent,
    HookShape,
    agent_named,
    this_home,
)
from hpm_engine.connecting.checking import Check, checks
from hpm_engine.connecting.entries import hook_entries, server_entry
from hpm_engine.connecting.json_text import NotStrictJSON
from hpm_engine.connecting.opencode_plugin import is_our_plugin
from hpm_engine.connecting.plan import ConnectionPlan, FilePlan, command_line, planned, untouched
from hpm_engine.connecting.process import run_process
from hpm_engine.connecting.receipt import (
    ChangedFile,
    Receipt,
    drop_receipt,
    keep_receipt,
    read_receipt,
)
from hpm_engine.connecting.settings_file import (
    NotText,
    SettingsFile,
    must_be_writable,
    read_settings,
    remove_settings,
    replace_settings,
    sha256_of,
)
from hpm_engine.connecting.settings_text import without_empty, without_ours
from hpm_engine.connecting.standing import AgentStanding, standing_of
from hpm_engine.connecting.toml_text import OthersTable, without_table
from hpm_engine.errors import Cancelled, CannotWrite, NotFound
from hpm_engine.job import Job

_PATIENCE = 30.0  # s for an agent's own command
Run = Callable[[Sequence[str], Path | None], str]


class ConnectionReport(msgspec.Struct, frozen=True):
    """What was done: files that changed, their backups, and what a person has yet to do."""

    agent: str
    changed: tuple[str, ...]
    backups: tuple[str, ...] = ()
    registered: bool = False
    to_do: tuple[str, ...] = ()


class Connections:
    """The connections of one person's agents. ``run`` starts an agent's own command.

    ``job`` stops what takes long: what was changed by then is taken back.
    """

    def __init__(
        self,
        home: Path | None = None,
        environ: Mapping[str, str] | None = None,
        run: Run | None = None,
        job: Job | None = None,
    ) -> None:
        own_home, own_environ = this_home()
        self._home = home or own_home
        self._environ = own_environ if environ is None else environ
        self._job = job or Job()
        self._run = run or partial(run_command, job=self._job)

    def plan(
        self,
        agent: str,
        store: Path,
        *,
        project: Path | None = None,
        hooks: bool = True,
        server: bool = True,
    ) -> ConnectionPlan:
        """What ``connect`` would do. Raises ``NotFound`` and ``CannotWrite``; writes nothing."""
        known = agent_named(agent)
        folder = known.settings(self._home, self._environ)
        return planned(known, store.absolute(), folder, project=project, hooks=hooks, server=server)

    def connect(self, plan: ConnectionPlan) -> ConnectionReport:
        """Do what was planned. Raises ``CannotWrite`` with every file as it was."""
        files = [file for file in plan.files if file.changes]
        for file in files:
            must_be_writable(file.file)
        done: list[tuple[FilePlan, Path | None]] = []
        try:
            for file in files:
                done.append((file, replace_settings(file.file, file.content)))
            registered, to_do = self._register(plan)
            self._keep(plan, done, registered)
        except (CannotWrite, Cancelled):
            _take_back(done)
            raise
        if plan.agent.trust and any(file.kind == "json" for file, _ in done):
            to_do += (plan.agent.trust,)
        return ConnectionReport(
            plan.agent.name,
            tuple(str(file.file.path) for file in files),
            tuple(str(backup) for _, backup in done if backup is not None),
            registered,
            to_do,
        )

    def disconnect(self, agent: str, project: Path | None = None) -> ConnectionReport:
        """Take all that is ours out of an agent's settings, whatever else changed there since.

        A file that nobody changed since gets its bytes of before. Raises ``CannotWrite``.
        """
        known = agent_named(agent)
        receipt = read_receipt(agent, project)
        changed = []
        for path, kind in self._files(known, project):
            entry = _of(receipt, path)
            if _restore(known, path, kind, entry):
                changed.append(str(path))
        to_do: tuple[str, ...] = ()
        if known.program and (receipt is None or receipt.registered):
            to_do = self._forget(known, project, sure=receipt is not None)
        drop_receipt(agent, project)
        return ConnectionReport(agent, tuple(changed), to_do=to_do)

    def receipt(self, agent: str, project: Path | None = None) -> Receipt | None:
        """What connected an agent; ``None`` where nothing did."""
        return read_receipt(agent_named(agent).name, project)

    def check(self, agent: str, project: Path | None = None) -> Iterator[Check]:
        """Whether an agent's connection works, one thing at a time; starts programs."""
        known = agent_named(agent)
        folder = known.settings(self._home, self._environ)
        return checks(known, folder, read_receipt(agent, project), self._job)

    def standings(self, store: Path) -> tuple[AgentStanding, ...]:
        """How all agents stand; what was put in by hand is known if it names ``store``."""
        return tuple(
            standing_of(agent, store.absolute(), self._home, self._environ) for agent in AGENTS
        )

    def _files(self, agent: ConnectableAgent, project: Path | None) -> list[tuple[Path, str]]:
        folder = agent.settings(self._home, self._environ) if project is None else project
        hooks = agent.hook_file if project is None else agent.project_hooks
        server = agent.server_file if project is None else agent.project_server
        plugin = agent.hook_shape is HookShape.PLUGIN
        files = {folder / hooks: "plugin" if plugin else "json"} if hooks else {}
        if server:
            files[folder / server] = "toml" if server.endswith(".toml") else "json"
        return list(files.items())

    def _register(self, plan: ConnectionPlan) -> tuple[bool, tuple[str, ...]]:
        """Have the agent register the server; what a person has to do where it cannot."""
        if not plan.register:
            return False, ()
        receipt = read_receipt(plan.agent.name, plan.project)
        if receipt is not None and receipt.registered and receipt.store == str(plan.store):
            return True, ()
        by_hand = f"Register the server: {command_line(plan.register)}"
        if shutil.which(plan.register[0], path=self._environ.get("PATH")) is None:
            return False, (by_hand,)
        with suppress(NotFound):  # of another store, or of an earlier installation
            self._run(plan.agent.command(plan.agent.forget, plan.project), plan.project)
        try:
            self._run(plan.register, plan.project)
        except NotFound as error:
            return False, (f"{error} {by_hand}",)
        return True, ()

    def _forget(
        self, agent: ConnectableAgent, project: Path | None, *, sure: bool
    ) -> tuple[str, ...]:
        words = agent.command(agent.forget, project)
        if shutil.which(agent.program, path=self._environ.get("PATH")) is None:
            return (f"Remove the server: {command_line(words)}",) if sure else ()
        try:
            self._run(words, project)
        except NotFound as error:
            return (str(error),) if sure else ()
        return ()

    def _keep(
        self, plan: ConnectionPlan, done: Sequence[tuple[FilePlan, Path | None]], registered: bool
    ) -> None:
        before = read_receipt(plan.agent.name, plan.project)
        files = {entry.path: entry for entry in before.files} if before is not None else {}
        for file, backup in done:
            path = str(file.file.path)
            earlier = files.get(path)
            own = sha256_of(file.file.content) if file.file.content is not None else ""
            if earlier is not None and earlier.after == own:
                # Nobody else changed it since: what it was before us is still the way back.
                _forget_backup(backup, earlier)
                files[path] = msgspec.structs.replace(earlier, after=sha256_of(file.content))
                continue
            files[path] = ChangedFile(
                path,
                own,
                sha256_of(file.content),
                str(backup) if backup is not None else "",
                file.containers,
                file.kind,
            )
        keep_receipt(
            Receipt(
                plan.agent.name,
                str(plan.store),
                time.time_ns() // 1000,
                tuple(files.values()),
                registered,
                str(plan.project) if plan.project is not None else "",
                plan.hooks or (before is not None and before.hooks),
                plan.server or (before is not None and before.server),
            )
        )


def run_command(words: Sequence[str], folder: Path | None, job: Job | None = None) -> str:
    """What a command of an agent printed. Raises ``NotFound`` where it fails, with its words."""
    try:
        ended = run_process(words, job or Job(), seconds=_PATIENCE, folder=folder)
    except OSError as error:
        raise NotFound(f"{words[0]} could not be run ({error}).") from error
    printed = (ended.errors or ended.output).decode("utf-8", "replace")
    if ended.status:
        said = printed.strip().splitlines()
        raise NotFound(f"{words[0]} would not: {said[0] if said else ended.status}.")
    return ended.output.decode("utf-8", "replace")


def _of(receipt: Receipt | None, path: Path) -> ChangedFile | None:
    files = receipt.files if receipt is not None else ()
    return next((entry for entry in files if entry.path == str(path)), None)


def _restore(agent: ConnectableAgent, path: Path, kind: str, entry: ChangedFile | None) -> bool:
    file = read_settings(path)
    if file.content is None:
        return False
    if entry is not None and sha256_of(file.content) == entry.after:
        if not entry.before:
            remove_settings(file)
            return True
        content = _backed_up(entry)
        if content is not None:
            backup = replace_settings(file, content)
            for old in (backup, Path(entry.backup)):
                if old is not None:
                    old.unlink(missing_ok=True)
            return True
    content = _without(agent, file, kind, entry)
    if content is None or content == file.content:
        return False
    if content:
        replace_settings(file, content)
    else:
        remove_settings(file)
    return True


def _without(
    agent: ConnectableAgent, file: SettingsFile, kind: str, entry: ChangedFile | None
) -> bytes | None:
    """The bytes of a file without what is ours; "" for a plugin of ours."""
    try:
        text = file.text
        if kind == "plugin":
            return b"" if is_our_plugin(text) else None
        if kind == "toml":
            return file.as_bytes(without_table(text))
        if not text.strip():
            return None
        entries = (*hook_entries(agent, Path()), server_entry(agent, Path()))
        text = without_ours(text, entries)
        return file.as_bytes(without_empty(text, entry.containers if entry is not None else ()))
    except (NotStrictJSON, OthersTable, NotText) as error:
        raise untouched(file.path, error, "(take out what names hpm)") from error


def _backed_up(entry: ChangedFile) -> bytes | None:
    """The bytes of before, if they are still those."""
    if not entry.backup:
        return None
    try:
        content = Path(entry.backup).read_bytes()
    except OSError:
        return None
    return content if sha256_of(content) == entry.before else None


def _forget_backup(backup: Path | None, earlier: ChangedFile) -> None:
    if backup is not None and str(backup) != earlier.backup:
        backup.unlink(missing_ok=True)


def _take_back(done: Sequence[tuple[FilePlan, Path | None]]) -> None:
    for file, backup in reversed(done):
        current = read_settings(file.file.path)
        if current.content != file.content:
            continue  # somebody wrote it since
        if file.file.content is None:
            remove_settings(current)
        else:
            second = replace_settings(current, file.file.content)
            for old in (second, backup):
                if old is not None:
                    old.unlink(missing_ok=True)
