"""What a window or a command may ask for, and loads only then.

A window must not wait for readers and models that it may never need.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hpm_engine.encoder.protocol import EncoderModel
    from hpm_engine.job import Job
    from hpm_engine.values.episodes import Discovered
    from hpm_engine.values.reports import ImportReport


def discover(home: Path | None = None) -> tuple[Discovered, ...]:
    """The folders of agents' sessions on this computer (under ``home``, if given)."""
    from hpm_engine.ingest.discovery import discovery

    return discovery.discover(home)


def agents_folders() -> tuple[Path, ...]:
    """Where the agents that this version reads keep their sessions on this computer."""
    return tuple(Path(place.path) for place in discover() if place.read and not place.notes)


def encoder_models() -> tuple[EncoderModel, ...]:
    """The models that texts can be encoded with, installed or not."""
    from hpm_engine.encoder import installed

    return installed.encoder_models()


def install_encoder(given: Path) -> Path:
    """Check and keep MiniLM's weights from a file that a person gave; raises ``BadModel``."""
    from hpm_engine.encoder.installed import install_minilm

    return install_minilm(given)


def build_sample(path: Path, job: Job | None = None, *, computed: bool = True) -> ImportReport:
    """Build the generated sample store at ``path``; its truth is written beside it.

    Without ``computed`` it is as after its import, which takes half as long.
    """
    from hpm_engine.sample import build

    return build.build_sample(path, job, computed=computed)
