"""A field for a number of the paper or of policy, with the range that its home gives."""

from __future__ import annotations

from PySide6.QtWidgets import QSpinBox

from hpm_engine import Parameter


def spin_box(parameter: Parameter[int], value: int | None = None) -> QSpinBox:
    """A field with the parameter's range; it shows ``value``, or the parameter's own."""
    spin = QSpinBox()
    spin.setRange(*parameter.bounds)
    spin.setValue(parameter.value if value is None else value)
    return spin
