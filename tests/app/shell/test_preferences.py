from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.theme.theme import Scheme
from app.shell.preferences import DamagedPreferences, Preferences, load, save
from hpm_engine import config_folder


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Preferences()


@given(recent=st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=3))
def test_any_path_survives_the_file(
    tmp_path_factory: pytest.TempPathFactory, recent: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("preferences")
    wanted = Preferences(theme=Scheme.DARK, text_scale=150, recent=tuple(recent))
    save(wanted, folder)
    assert load(folder) == wanted


@pytest.mark.parametrize(
    "content",
    [b"theme = ", b"\xff\xfe", b"text_scale = 5", b'theme = "pink"', b"text_scale = true"],
)
def test_a_damaged_file_is_put_aside_and_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "preferences.toml").write_bytes(content)
    with pytest.raises(DamagedPreferences, match=r"preferences\.damaged\.toml"):
        load(tmp_path)
    assert (tmp_path / "preferences.damaged.toml").read_bytes() == content
    assert load(tmp_path) == Preferences()


def test_a_setting_of_a_newer_version_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "preferences.toml").write_text('text_scale = 120\nwarp = "9"\n')
    assert load(tmp_path).text_scale == 120


def test_recent_stores_are_newest_first_once_each_and_few(tmp_path: Path) -> None:
    preferences = Preferences()
    for number in (*range(12), 5):
        preferences = preferences.with_recent(Path(f"/stores/{number}.hpm"))
    assert len(preferences.recent) == 10
    assert preferences.recent[0] == str(Path("/stores/5.hpm"))
    assert len(set(preferences.recent)) == 10
    assert (
        str(Path("/stores/5.hpm")) not in preferences.without_recent(Path("/stores/5.hpm")).recent
    )


def test_the_environment_can_move_the_settings(own_settings: Path) -> None:
    assert config_folder() == own_settings


def test_every_setting_of_the_dialog_says_what_it_does() -> None:
    info = msgspec.json.schema(Preferences)["$defs"]["Preferences"]["properties"]
    for name, field in info.items():
        if name != "recent":
            assert field["title"] and field["description"].endswith("."), name
