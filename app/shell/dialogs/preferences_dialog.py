"""The preferences, as a form made from their fields; every change holds at once."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QSpinBox,
    QWidget,
)

from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.shell.preferences import Preferences
from app.shell.settings import Settings


class PreferencesDialog(Dialog):
    """One row for each field that has a title; ``Restore defaults`` resets them all."""

    def __init__(self, settings: Settings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Preferences")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._settings = settings
        self._setters: dict[str, Callable[[Any], None]] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(4)
        for field in msgspec.inspect.type_info(Preferences).fields:  # type: ignore[attr-defined]
            self._add_row(form, field)
        buttons = DialogButtons()
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole)
        restore = buttons.put("Restore defaults", DialogButtons.ButtonRole.ResetRole)
        restore.clicked.connect(self._restore)
        buttons.rejected.connect(self.close)
        column = self.content
        column.addLayout(form)
        column.addStretch(1)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 80)
        settings.changed.connect(self._on_changed)

    def editor(self, name: str) -> QWidget:
        """The control of one field."""
        control = self.findChild(QWidget, name)
        if not isinstance(control, QWidget):
            raise KeyError(name)
        return control

    def _add_row(self, form: QFormLayout, field: Any) -> None:
        kind = field.type
        meta = kind.extra_json_schema if isinstance(kind, msgspec.inspect.Metadata) else None
        if meta is None or "title" not in meta:
            return
        editor = self._editor(field.name, kind.type, meta)
        editor.setObjectName(field.name)
        editor.setAccessibleName(meta["title"])
        editor.setAccessibleDescription(meta["description"])
        editor.setToolTip(tip(meta["description"]))
        form.addRow(SafeLabel(meta["title"]), editor)
        form.addRow("", SafeLabel(meta["description"], tone=Colour.MUTED, wrap=True))

    def _editor(self, name: str, kind: Any, meta: dict[str, Any]) -> QWidget:
        value = getattr(self._settings.preferences, name)
        if isinstance(kind, msgspec.inspect.EnumType):
            return self._choice(name, kind.cls, value)
        if isinstance(kind, msgspec.inspect.IntType):
            spin = QSpinBox(minimum=kind.ge or 0, maximum=kind.le or 1_000_000, value=value)
            spin.setSuffix(meta.get("suffix", ""))
            spin.setSingleStep(meta.get("step", 1))
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(lambda number: self._settings.update(**{name: number}))
            self._setters[name] = spin.setValue
            return spin
        box = CheckBox()
        box.setChecked(value)
        box.toggled.connect(lambda checked: self._settings.update(**{name: checked}))
        self._setters[name] = box.setChecked
        return box

    def _choice(self, name: str, choices: type[Enum], value: Enum) -> QWidget:
        combo = QComboBox()
        for choice in choices:
            combo.addItem(str(choice.value).capitalize(), choice)
        combo.setCurrentIndex(list(choices).index(value))
        combo.activated.connect(
            lambda index: self._settings.update(**{name: choices(combo.itemData(index))})
        )
        self._setters[name] = lambda chosen: combo.setCurrentIndex(list(choices).index(chosen))
        return combo

    def _on_changed(self, preferences: Preferences) -> None:
        for name, put in self._setters.items():
            put(getattr(preferences, name))

    def _restore(self) -> None:
        kept = self._settings.preferences.recent
        self._settings.replace(Preferences(recent=kept))
