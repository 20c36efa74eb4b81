"""What a person set for the program as a whole: a TOML file under the user's configuration."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from app.kit.theme.theme import Scheme
from hpm_engine import owner_only, private_folder

_RECENT_KEPT = 10
_FILE = "preferences.toml"


class Preferences(msgspec.Struct, frozen=True):
    """The settings of the program; the dialog is generated from these fields."""

    theme: Annotated[
        Scheme,
        Meta(title="Theme", description="Light, dark, or as the system says."),
    ] = Scheme.SYSTEM
    text_scale: Annotated[
        int,
        Meta(
            title="Text size",
            description="Per cent of the system's text size.",
            ge=80,
            le=200,
            extra_json_schema={"suffix": " %", "step": 10},
        ),
    ] = 100
    relative_times: Annotated[
        bool,
        Meta(
            title="Say in lists how long ago something was",
            description="“2 h ago”, “yesterday 14:05”; otherwise the date and the time.",
        ),
    ] = True
    reopen_last: Annotated[
        bool,
        Meta(
            title="Open the last store at start",
            description="Otherwise the program starts with the first page.",
        ),
    ] = True
    confirm_close: Annotated[
        bool,
        Meta(
            title="Ask before closing while a job runs",
            description="Without asking, the job is stopped; what it has stored so far stays.",
        ),
    ] = True
    tour: Annotated[
        bool,
        Meta(
            title="Offer the tour",
            description="Five tips with the next new store or the sample; off once it was seen.",
        ),
    ] = True
    recent: tuple[str, ...] = ()

    def with_recent(self, path: Path) -> Preferences:
        """The preferences with a store put first among the recent ones."""
        first = str(path)
        others = tuple(entry for entry in self.recent if entry != first)
        return msgspec.structs.replace(self, recent=(first, *others)[:_RECENT_KEPT])

    def without_recent(self, path: Path) -> Preferences:
        """The preferences with a store taken off the recent ones."""
        return msgspec.structs.replace(
            self, recent=tuple(entry for entry in self.recent if entry != str(path))
        )


class DamagedPreferences(Exception):
    """The file cannot be understood; it was put aside and the defaults are in use."""


def load(folder: Path) -> Preferences:
    """The preferences in a folder; defaults where there are none.

    Raises:
        DamagedPreferences: after renaming the unreadable file, so that nothing is lost.
    """
    file = folder / _FILE
    try:
        values = tomllib.loads(file.read_text("utf-8"))
        return msgspec.convert(values, Preferences)
    except FileNotFoundError:
        return Preferences()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise DamagedPreferences(_put_aside(file, error)) from error


def save(preferences: Preferences, folder: Path) -> None:
    """Write the preferences so that a crash leaves the old file or the new one, whole."""
    private_folder(folder)
    file = folder / _FILE
    draft = file.with_suffix(".tmp")
    with open(draft, "w", encoding="utf-8", opener=owner_only) as stream:
        stream.write(_to_toml(msgspec.to_builtins(preferences)))
    draft.replace(file)


def _put_aside(file: Path, error: Exception) -> str:
    aside = file.with_suffix(".damaged.toml")
    try:
        file.replace(aside)
    except OSError:
        return f"{file} cannot be read ({error}). The defaults are used until it can."
    return (
        f"{file.name} cannot be understood ({error}). The defaults are in use; "
        f"the old file was kept as {aside}."
    )


def _to_toml(values: dict[str, Any]) -> str:
    # Basic strings, integers, booleans and arrays are written alike in TOML and JSON.
    lines = (f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in values.items())
    return "\n".join(lines).replace("\x7f", "\\u007f") + "\n"
