"""Who sees whose episodes: the store's rules as text, checked while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.formatting import counted
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from hpm_engine import BadQuery, Visibility

_EXAMPLES = (
    'project:payroll private\nagent:codex sees project:shop project:ferry\nagent:"my agent" private'
)


class VisibilityDialog(Dialog):
    """The rules of visibility, to be changed.

    ``keep`` receives the rules that the person settles on.
    """

    def __init__(self, rules: str, keep: Callable[[Visibility], None], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Who sees which episodes and notes")
        self.rules = QPlainTextEdit(rules)
        self.rules.setFont(QFont(fixed_font()))
        self.rules.setTabChangesFocus(True)
        self.rules.setAccessibleName("Rules of visibility, one to a line")
        self.rules.setPlaceholderText(_EXAMPLES)
        self.state = SafeLabel(wrap=True)
        meaning = SafeLabel(
            "A private project or agent is seen by its own alone, and nothing is learned"
            " from it: topics are shared. One that sees some sees nothing else but its own."
            " All rules that concern who asks hold. They hold for recalls that are asked as"
            " somebody; you, a person, see everything.\n\nThe rules bind notes as they bind"
            " episodes. Besides, an agent is given only notes of its own project, those for"
            " everywhere, and those of what a rule says that it sees.\n\nA rule hides, it does not"
            " unlearn."
            " Topics that were learned from what becomes private are told to nobody who may not see"
            " all of their episodes; once the rules are saved, you are asked whether to forget"
            " them. What was fitted to this store keeps what it learned until you take it back.",
            wrap=True,
            tone=Colour.MUTED,
        )
        buttons = DialogButtons()
        self.keep = buttons.put("Save", DialogButtons.ButtonRole.AcceptRole)
        self.keep.setDefault(True)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: keep(Visibility.parse(self.rules.toPlainText())))
        column = self.content
        column.setSpacing(10)
        column.addWidget(meaning)
        column.addWidget(self.rules, 1)
        column.addWidget(self.state)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 84)
        self.rules.textChanged.connect(self._tell)
        self._tell()

    def _tell(self) -> None:
        try:
            rules = Visibility.parse(self.rules.toPlainText()).rules
        except BadQuery as wrong:
            line = self.rules.toPlainText()[: wrong.position].count("\n") + 1
            self._say(f"✗ Line {line}: {wrong}", Colour.BAD, good=False)
        else:
            sentence = (
                counted(len(rules), "rule") if rules else "No rule: everybody sees everything."
            )
            self._say(sentence, Colour.MUTED, good=True)

    def _say(self, text: str, tone: Colour, *, good: bool) -> None:
        self.state.set_tone(tone)
        self.state.setText(text)
        self.keep.setEnabled(good)
