"""What runs here: the program and what it is built on."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.fact_list import Fact, FactList
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import __version__

ABOUT = "See and steer what an AI agent remembers."
_PARTS = ("msgspec", "sqlcipher3", "zstandard", "QtAwesome")


class AboutDialog(QDialog):
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
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 12)
        column.setSpacing(10)
        column.addWidget(SafeLabel(f"HPM Inspector {__version__}", bold=True))
        column.addWidget(SafeLabel(ABOUT))
        column.addWidget(
            SafeLabel("Apache License 2.0. Icons: Material Design Icons.", tone=Colour.MUTED)
        )
        column.addWidget(facts)
        column.addWidget(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 60)


def _version(name: str) -> str:
    try:
        return version("PySide6_Essentials" if name == "PySide6" else name)
    except PackageNotFoundError:
        return ""
