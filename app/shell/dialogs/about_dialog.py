"""What runs here: the program and what it is built on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.program_mark import ProgramMark
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import LARGE
from app.kit.theme.type_scale import TextRole
from hpm_engine import __version__

ABOUT = "See and steer what an AI agent remembers."
_MARK = 64  # pixels
_PARTS = ("msgspec", "sqlcipher3", "zstandard", "QtAwesome")


class AboutDialog(Dialog):
    """Versions in one list, with the licence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About HPM Inspector")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        facts = FactList("Built on")
        facts.show_facts(
            [
                Fact("Python", platform.python_version()),
                Fact("Qt", qVersion()),
                *(Fact(name, _version(name)) for name in ("PySide6", *_PARTS)),
                Fact("System", f"{platform.system()} {platform.release()} {platform.machine()}"),
            ]
        )
        buttons = DialogButtons()
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole)
        buttons.rejected.connect(self.close)
        column = self.content
        column.setSpacing(10)
        top = QHBoxLayout()
        top.setSpacing(LARGE)
        top.addWidget(ProgramMark(_MARK))
        words = QVBoxLayout()
        words.addWidget(SafeLabel(f"HPM Inspector {__version__}", role=TextRole.TITLE))
        words.addWidget(SafeLabel(ABOUT))
        top.addLayout(words, 1)
        column.addLayout(top)
        column.addWidget(
            SafeLabel("Apache License 2.0. Icons: Material Design Icons.", tone=Colour.MUTED)
        )
        column.addWidget(facts)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)


def _version(name: str) -> str:
    try:
        return version("PySide6_Essentials" if name == "PySide6" else name)
    except PackageNotFoundError:
        return ""
