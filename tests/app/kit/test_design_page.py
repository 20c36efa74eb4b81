"""The page on the design says what the code has."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from app.kit.theme import spacing
from app.kit.theme.colour import Colour
from app.kit.theme.contrast import GROUNDS, TEXTS, contrast
from app.kit.theme.style_sheet import Look
from app.kit.theme.type_scale import TextRole

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "resources" / "design.md"
SOURCES = {
    name: ROOT / "app" / "kit" / "theme" / f"{name}.py"
    for name in ("colour", "spacing", "type_scale")
}


def meanings(module: str) -> dict[str, str]:
    """What the comments beside the values say."""
    text = SOURCES[module].read_text("utf-8")
    return {
        name: said or ""
        for name, said in re.findall(r"^ *([A-Z_0-9]+) = .*?(?:  # (.*))?$", text, re.M)
    }


def type_table() -> list[str]:
    said = meanings("type_scale")
    rows = [
        f"| `{role.name}` | {share * 100:.0f} % | {weight.name} | {said[role.name]} |"
        for role, (share, weight) in ((role, role.value) for role in TextRole)
    ]
    return ["| role | size | weight | for |", "|---|---|---|---|", *rows]


def spacing_table() -> list[str]:
    rows = [
        f"| `{name}` | {getattr(spacing, name)} | {text} |"
        for name, text in meanings("spacing").items()
    ]
    return ["| name | pixels | where |", "|---|---|---|", *rows]


def colour_table() -> list[str]:
    said = meanings("colour")
    rows = ["| colour | light | dark | least contrast | for |", "|---|---|---|---|---|"]
    for name, colour in Colour.__members__.items():
        least = "on it stands text" if colour in GROUNDS else ""
        if colour in TEXTS and not name.startswith("SERIES"):
            least = " / ".join(
                f"{min(contrast(colour.in_scheme(dark), on.in_scheme(dark)) for on in GROUNDS):.1f}"
                for dark in (False, True)
            )
        light, dark = colour.value
        rows.append(f"| `{name}` | `{light}` | `{dark}` | {least} | {said[name]} |")
    return rows


@pytest.mark.parametrize(
    ("name", "make"), [("type", type_table), ("spacing", spacing_table), ("colours", colour_table)]
)
def test_the_tables_are_those_of_the_code(name: str, make: object) -> None:
    wanted = "\n".join(make())  # type: ignore[operator]
    page = PAGE.read_text("utf-8")
    start, end = f"<!-- {name} -->\n", f"\n<!-- end of {name} -->"
    before, rest = page.split(start, 1)
    has, after = ("\n" + rest).split(end, 1)
    if os.environ.get("HPM_UPDATE_DOCS"):
        PAGE.write_text(before + start + wanted + end + after, "utf-8")
        return
    assert has.strip("\n") == wanted


def test_every_look_of_a_button_is_told() -> None:
    page = PAGE.read_text("utf-8")
    for look in Look:
        assert f"| {look.value} button |" in page


def test_nothing_moves_by_itself() -> None:
    """The page says so; what animates has to obey a preference for reduced motion."""
    moving = re.compile(
        r"Q(Property|Variant|Sequential|Parallel)\w*Animation|QTimeLine|setAnimated\(True"
    )
    sources = (ROOT / "app").rglob("*.py")
    assert not [file.name for file in sources if moving.search(file.read_text("utf-8"))]


def test_the_page_is_found() -> None:
    for page in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        assert "resources/design.md" in (ROOT / page).read_text("utf-8")
