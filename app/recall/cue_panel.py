"""The form of a question: the cue, how many hits, from where, and the room for them."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from app.kit.controls.check_box import CheckBox
from app.kit.controls.day_field import DayField
from app.kit.controls.facet_box import FacetBox
from app.kit.controls.text_entry import TextEntry
from app.kit.flow_layout import FlowLayout
from app.kit.plain_text import tip
from app.kit.spin_box import spin_box
from app.recall.recall_answer import Question
from hpm_engine import CONTEXT_TOKENS, RECALL_HITS, Facets, Outcome, Parameter, Reader, RecallScope

# Characters of each box: all filters stand in one line of a small window.
_LETTERS = {"project": 8, "agent": 7, "outcome": 9}
_RECORD = "Keep it among the past recalls, and count it as use of what it gives."


class CuePanel(QWidget):
    """The form of a question.

    ``asked`` carries the question; ``changed`` says that another could be put now.
    """

    asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cue = TextEntry("Cue", "What an agent would ask: a task, an error, a question")
        self.button = QPushButton("Recall")
        self.button.setToolTip(tip("See what an agent would get for this cue (Ctrl+Enter)."))
        self._k = _spin(RECALL_HITS, " hits", "How many episodes to recall")
        self._budget = _spin(CONTEXT_TOKENS, " tokens", "Room in the context block")
        self._budget.setSingleStep(500)
        self._budget.setGroupSeparatorShown(True)
        self._boxes = {field: FacetBox(field, wide) for field, wide in _LETTERS.items()}
        self._asking = {field: FacetBox(f"asking {field}", 10) for field in ("agent", "project")}
        for field, box in self._asking.items():
            box.setToolTip(tip(f"Ask as this {field} would: the store's rules of visibility hold."))
            box.hide()
        self._from, self._to = DayField("From", "First day"), DayField("To", "Last day")
        self._record = CheckBox("Log this recall")
        self._record.setChecked(True)
        self._record.setToolTip(tip(_RECORD))
        self._arrange()
        self.cue.entered.connect(self.ask)
        self.button.clicked.connect(self.ask)
        self.cue.textChanged.connect(self._on_typed)
        self._on_typed()
        self.setFocusProxy(self.cue)

    def _arrange(self) -> None:
        scope = FlowLayout()
        scope.setSpacing(4)
        fields = (self._k, self._budget, *self._boxes.values(), self._from, self._to)
        fields += tuple(self._asking.values())
        for widget in fields:
            scope.addWidget(widget)
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.cue, 1)
        beside = QVBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(self.button)
        beside.addWidget(self._record)
        beside.addStretch(1)
        top.addLayout(beside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addLayout(scope)

    def question(self) -> Question:
        """The question that is set now."""
        outcome = self._boxes["outcome"].value
        scope = RecallScope(
            project=self._boxes["project"].value,
            agent=self._boxes["agent"].value,
            outcome=Outcome(outcome) if outcome else None,
            since=self._from.start(),
            until=self._to.start(after_days=1),
            reader=self._reader(),
        )
        return Question(
            cue=self.cue.toPlainText().strip(),
            k=self._k.value(),
            scope=scope,
            budget=self._budget.value(),
            record=self._record.isChecked(),
        )

    def ask_as(self, agent: str, project: str) -> None:
        """Ask as an agent from now on, or as a person where both are ""."""
        self._asking["agent"].choose(agent)
        self._asking["project"].choose(project)

    def _reader(self) -> Reader | None:
        reader = Reader(self._asking["agent"].value, self._asking["project"].value)
        return None if reader == Reader() else reader

    def ask(self) -> None:
        """Ask the question, unless there is none."""
        question = self.question()
        if question.cue:
            self.asked.emit(question)

    def show_cue(self, cue: str) -> None:
        """Show the cue of a recall that came from elsewhere."""
        if self.cue.toPlainText() != cue:
            self.cue.setPlainText(cue)

    def set_record(self, record: bool) -> None:
        """Set whether the recall is recorded."""
        self._record.setChecked(record)

    def offer(self, facets: Facets, ruled: bool) -> None:
        """Offer the values that the store holds and, where it has rules, who asks."""
        for field, values in (("agent", facets.agents), ("project", facets.projects)):
            self._asking[field].offer(values)
            self._asking[field].setVisible(ruled)
            if not ruled:
                self._asking[field].choose("")
        offered = {
            "project": facets.projects,
            "agent": facets.agents,
            "outcome": facets.outcomes,
        }
        for field, values in offered.items():
            self._boxes[field].offer(values)

    def clear_scope(self) -> None:
        """Take every restriction away."""
        for box in self._boxes.values():
            box.choose("")
        self._from.clear()
        self._to.clear()

    def _on_typed(self) -> None:
        self.button.setEnabled(bool(self.cue.toPlainText().strip()))


def _spin(parameter: Parameter[int], suffix: str, name: str) -> QSpinBox:
    spin = spin_box(parameter)
    spin.setSuffix(suffix)
    spin.setAccessibleName(name)
    spin.setToolTip(tip(f"{name}."))
    return spin
