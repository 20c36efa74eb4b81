"""The bar that says what went wrong, above the view, without stopping anything."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPlainTextEdit, QToolButton, QWidget

from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.shell.problems import PROGRAM, Problem, Severity
from hpm_engine import visible

_LOOKS = {
    Severity.NOTICE: (Icon.INFO, Colour.ACCENT),
    Severity.ERROR: (Icon.ERROR, Colour.BAD),
    Severity.BUG: (Icon.WARNING, Colour.WARN),
}


class ProblemBar(QFrame):
    """Shows one problem at a time; others wait behind it until it is dismissed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._waiting: list[Problem] = []
        self._tone = Colour.BAD
        self.setAccessibleName("Problem")
        self._sign = QToolButton(autoRaise=True)
        self._sign.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._headline = SafeLabel(bold=True)
        self._text = SafeLabel(wrap=True)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        self._details = QPlainTextEdit(readOnly=True)
        self._details.hide()
        self._details.setAccessibleName("Details")
        self._details.setMaximumHeight(180)
        self._more = self._button("Details", Icon.EXPAND)
        self._more.setCheckable(True)
        self._more.toggled.connect(self._fold)
        self._copy = self._button("Copy", Icon.COPY)
        self._copy.clicked.connect(self._copy_report)
        self._dismiss = self._button("Dismiss", Icon.CLOSE)
        self._dismiss.clicked.connect(self.dismiss)
        self._lay_out()
        self.hide()

    def show_problem(self, problem: Problem) -> None:
        """Show a problem, or queue it behind the one on screen."""
        if problem in self._waiting:
            return
        self._waiting.append(problem)
        if len(self._waiting) == 1:
            self._show_first()
        else:
            self._count()

    def current(self) -> Problem | None:
        """The problem on screen."""
        return self._waiting[0] if self._waiting else None

    def dismiss(self) -> None:
        """Take the problem away and show the next."""
        self._keep(self._waiting[1:])

    def settle(self, about: str) -> None:
        """Take away what is about a command, or a job, that goes well now."""
        self._keep([problem for problem in self._waiting if problem.about != about])

    def leave_view(self) -> None:
        """Take away what commands had to say in the view that was left; errors stay."""
        self._keep(
            [
                problem
                for problem in self._waiting
                if problem.about in ("", PROGRAM) or problem.severity is not Severity.NOTICE
            ]
        )

    def leave_store(self) -> None:
        """Take away what was said of a store that is left, or could not be opened."""
        self._keep([problem for problem in self._waiting if problem.about == PROGRAM])

    def _keep(self, problems: list[Problem]) -> None:
        shown, self._waiting = self.current(), problems
        if not problems:
            self.hide()
        elif problems[0] is not shown:
            self._show_first()
        else:
            self._count()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape dismisses."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A quiet surface with a stripe in the problem's tone."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.SURFACE.qcolor())
        painter.fillRect(0, 0, 4, self.height(), self._tone.qcolor())
        painter.fillRect(0, self.height() - 1, self.width(), 1, Colour.LINE.qcolor())

    def _button(self, text: str, which: Icon) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setText(text)
        button.setIcon(icon(which))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        return button

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 6, 8, 6)
        grid.setVerticalSpacing(2)
        buttons = QHBoxLayout()
        for button in (self._more, self._copy, self._dismiss):
            buttons.addWidget(button)
        grid.addWidget(self._sign, 0, 0)
        grid.addWidget(self._headline, 0, 1)
        grid.addLayout(buttons, 0, 2)
        grid.addWidget(self._text, 1, 1, 1, 2)
        grid.addWidget(self._details, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)

    def _show_first(self) -> None:
        problem = self._waiting[0]
        which, self._tone = _LOOKS[problem.severity]
        self._sign.setIcon(icon(which, self._tone))
        self._headline.setText(problem.headline)
        self._text.setText(problem.text)
        self._details.setPlainText(visible(problem.details, lines=True))
        self._more.setChecked(False)
        self._more.setVisible(bool(problem.details))
        self._count()
        self.show()
        self.update()

    def _count(self) -> None:
        more = len(self._waiting) - 1
        self._dismiss.setText(f"Dismiss, {more} more" if more else "Dismiss")
        self._dismiss.setToolTip(tip("Take this message away (Esc)."))

    def _fold(self, unfolded: bool) -> None:
        self._details.setVisible(unfolded)
        self._more.setIcon(icon(Icon.COLLAPSE if unfolded else Icon.EXPAND))

    def _copy_report(self) -> None:
        if problem := self.current():
            QGuiApplication.clipboard().setText(problem.report())
