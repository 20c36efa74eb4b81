"""Names of topics as links, in lines that break where they must."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.consolidation.run_reading import Topic
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import number
from app.kit.panel import LinkButton
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL


class TopicLinks(QWidget):
    """A heading and links; ``wanted`` carries the topic of one that was clicked."""

    wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self._flow.setContentsMargins(0, 0, 0, 0)
        self._flow.setSpacing(SMALL)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_topics(self, heading: str, topics: Sequence[Topic], count: int) -> None:
        """Show these, of ``count`` in all; hidden where there is none."""
        while (item := self._flow.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.setVisible(bool(count))
        self._flow.addWidget(SafeLabel(f"{heading}:"))
        for topic in topics:
            link = LinkButton(topic.name, "show this topic")
            link.clicked.connect(partial(self.wanted.emit, topic.id))
            self._flow.addWidget(link)
        if count > len(topics):
            more = f"and {number(count - len(topics))} more" if topics else number(count)
            self._flow.addWidget(SafeLabel(more, tone=Colour.MUTED))
        self.updateGeometry()

    def names(self) -> list[str]:
        """The names that are shown."""
        widgets = (self._flow.itemAt(index).widget() for index in range(self._flow.count()))  # type: ignore[union-attr]
        return [widget.text() for widget in widgets if isinstance(widget, LinkButton)]
