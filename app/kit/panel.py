"""A titled surface that groups figures, and the links and bars that stand on it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QApplication, QFrame, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole


class Panel(QFrame):
    """A card with a heading; add content to ``body``."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(title)
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 10, 14, 12)
        self.body.setSpacing(6)
        self.heading = SafeLabel(title, role=TextRole.HEADING, whole=True)
        self.body.addWidget(self.heading)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the surface in the colours of the theme."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(Colour.LINE.qcolor(), 1))
        painter.setBrush(Colour.SURFACE.qcolor())
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 5, 5)


class LinkButton(QPushButton):
    """A figure or name that leads to the rows behind it."""

    def __init__(self, text: str, leads_to: str, parent: QWidget | None = None) -> None:
        super().__init__(one_line(text, 60).replace("&", "&&"), parent)
        self.setFlat(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{one_line(text, 60)}: {leads_to}")
        self.setStatusTip(leads_to)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._role = TextRole.BODY

    def sizeHint(self) -> QSize:
        """As large as the text."""
        metrics = self.fontMetrics()
        width = metrics.horizontalAdvance(self.text().replace("&&", "&"))
        return QSize(width + 2, metrics.height() + 4)

    def set_role(self, role: TextRole) -> None:
        """Text of another size, for headline figures; it follows the text size."""
        self._role = role
        self._fit_role(QApplication.font())
        QCoreApplication.instance().fontChanged.connect(self._fit_role)  # type: ignore[union-attr]

    def _fit_role(self, body: QFont) -> None:
        self.setFont(self._role.font(body))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint as a link: a line under it for the pointer, a frame for the keyboard."""
        painter = QPainter(self)
        if self.underMouse():
            font = self.font()
            font.setUnderline(True)
            painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.Link))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        area = self.rect()
        text = self.text().replace("&&", "&")
        painter.drawText(area, flags, text)
        if self.hasFocus():
            painter.setPen(Colour.ACCENT.qcolor())
            painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 3, 3)


class Bar(QWidget):
    """A share of a whole as a bar; the figure beside it says the same."""

    def __init__(self, share: float, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.show_share(share, colour)

    def show_share(self, share: float, colour: Colour) -> None:
        """Show another share."""
        self._share, self._colour = max(0.0, min(1.0, share)), colour
        self.setAccessibleName(f"{share * 100:.0f} %")
        self.update()

    def sizeHint(self) -> QSize:
        """A slim line."""
        return QSize(60, 8)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track and the share."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        area = QRectF(self.rect())
        painter.setBrush(Colour.RAISED.qcolor())
        painter.drawRoundedRect(area, 3, 3)
        if self._share > 0:
            area.setWidth(max(3.0, area.width() * self._share))
            painter.setBrush(self._colour.qcolor())
            painter.drawRoundedRect(area, 3, 3)
