"""Every icon by what it means, drawn from the Material Design font that QtAwesome bundles.

The glyphs are drawn here rather than by QtAwesome's own engine because importing that costs
0.26 s of the second that the first paint may take; reading its font and its table costs 0.01 s.
"""

from __future__ import annotations

from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QIcon,
    QIconEngine,
    QPainter,
    QPainterPath,
    QPalette,
    QPixmap,
    QRawFont,
    QTransform,
)

from app.kit.theme.colour import Colour
from app.kit.theme.style_sheet import icons_folder


class Icon(StrEnum):
    """What an icon says; the value is its name in Material Design Icons 6."""

    OVERVIEW = "view-dashboard-outline"
    EPISODES = "forum-outline"
    MASKS = "playlist-check"
    PROTOTYPES = "chart-bubble"
    CONSOLIDATION = "layers-triple-outline"
    RECALL = "comment-search-outline"
    NOTES = "notebook-outline"
    AUDIT = "clipboard-text-clock-outline"
    HEALTH = "heart-pulse"
    AGENTS = "robot-happy-outline"

    OPEN = "folder-open-outline"
    NEW = "database-plus-outline"
    STORE = "database-outline"
    IMPORT = "tray-arrow-down"
    IMPORT_FOLDER = "folder-arrow-down-outline"
    SAMPLE = "flask-outline"
    RECENT = "history"
    CLOSE = "close"
    QUIT = "exit-to-app"

    SEARCH = "magnify"
    SAVED = "bookmark-multiple-outline"
    SAVE = "bookmark-plus-outline"
    BACK = "arrow-left"
    FORWARD = "arrow-right"
    UNDO = "undo"
    REDO = "redo"
    PIN = "pin-outline"
    PINNED = "pin"
    TAG = "tag-outline"
    TAG_ADD = "tag-plus-outline"
    TAG_REMOVE = "tag-minus-outline"
    FILTER = "filter-outline"
    FILTER_OFF = "filter-off-outline"
    NOTE = "note-plus-outline"
    EDIT = "pencil-outline"
    COMPARE = "compare-horizontal"
    ALIKE = "file-search-outline"
    RESUME = "console-line"
    HAND_OVER = "hand-extended-outline"
    GIVE_BACK = "file-restore-outline"
    SHOW = "eye-outline"
    LOCK = "lock-outline"
    COUNTDOWN = "timer-sand"
    FOLDER = "folder-outline"
    COPY = "content-copy"
    EXPORT = "export-variant"
    VERIFY = "shield-check-outline"
    CHECK = "stethoscope"
    REFRESH = "refresh"
    FOLLOW = "arrow-collapse-down"

    ZOOM_IN = "magnify-plus-outline"
    ZOOM_OUT = "magnify-minus-outline"
    ZOOM_RESET = "magnify-scan"
    THEME = "theme-light-dark"
    PREFERENCES = "cog-outline"
    MANUAL = "book-open-variant"
    TOUR = "flag-outline"
    KEYBOARD = "keyboard-outline"
    ABOUT = "information-outline"
    PALETTE = "console"
    LOG = "text-box-outline"
    SIDE_PANE = "dock-right"
    LAYOUT_LEFT = "page-layout-sidebar-left"
    LAYOUT_ABOVE = "page-layout-header"
    LAYOUT_ALONE = "page-layout-body"
    FILTERS = "filter-outline"
    READ = "fullscreen"
    FOLD = "unfold-less-horizontal"
    MARKDOWN = "language-markdown-outline"
    ERRORS = "alert-circle-outline"
    NEXT_HIT = "chevron-down"
    PREVIOUS_HIT = "chevron-up"
    MORE = "dots-horizontal"

    INFO = "information-outline"
    WARNING = "alert-outline"
    ERROR = "alert-circle-outline"
    GOOD = "check-circle-outline"
    PARTIAL = "circle-half-full"
    UNKNOWN = "help-circle-outline"
    FAILED = "close-circle-outline"
    SET_ASIDE = "minus-circle-outline"

    USER = "account-outline"
    AGENT = "robot-outline"
    SYSTEM = "cog-outline"
    FILE_HISTORY = "file-clock-outline"
    FIX = "bandage"
    TOOL = "wrench-outline"
    MESSAGE = "message-text-outline"
    REASONING = "head-lightbulb-outline"
    RAW = "code-json"
    FILE = "file-document-outline"
    LINK = "link-variant"
    BRANCH = "source-branch"
    CHILD = "subdirectory-arrow-right"
    EXPAND = "chevron-right"
    COLLAPSE = "chevron-down"
    PREVIOUS = "chevron-up"
    NEXT = "chevron-down"
    CHECKED = "check"
    ABSENT = "eye-off-outline"
    INDEX = "database-search-outline"
    DISK = "harddisk"
    DELETE = "delete-outline"
    TRASH = "trash-can-outline"
    ERASE = "eraser"
    QUARANTINE = "cancel"
    STATES = "content-save-outline"
    COMPRESS = "arrow-collapse-vertical"
    RESTORE = "arrow-expand-vertical"
    MERGE = "call-merge"
    TUNE = "tune-variant"


def icon(which: Icon, tone: Colour | None = None) -> QIcon:
    """The icon in a tone, or in the palette's text colour; it follows the theme by itself."""
    return QIcon(_GlyphEngine(which, tone))


def program_icon() -> QIcon:
    """The mark of the program."""
    return QIcon(str(icons_folder() / "hpm-inspector.svg"))


def paint_icon(painter: QPainter, area: QRect, which: Icon, tone: Colour) -> None:
    """Draw an icon into an area, for delegates and painted widgets."""
    _fill(painter, area, which, tone.qcolor())


def glyph(which: Icon) -> QPainterPath:
    """The outline of an icon in a unit square."""
    return _glyph(which.value)


class _GlyphEngine(QIconEngine):
    """Draws one glyph at any size, in the colour that the state calls for."""

    def __init__(self, which: Icon, tone: Colour | None) -> None:
        super().__init__()
        self._which, self._tone = which, tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        palette = QGuiApplication.palette()
        colour = palette.color(QPalette.ColorRole.ButtonText)
        if mode is QIcon.Mode.Disabled:
            colour = palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
        elif mode is QIcon.Mode.Selected:
            colour = palette.color(QPalette.ColorRole.HighlightedText)
        elif self._tone is not None:
            colour = self._tone.qcolor()
        _fill(painter, rect, self._which, colour)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        pixmap = QPixmap(size)
        if pixmap.isNull():  # nothing to paint on
            return pixmap
        pixmap.fill(Qt.GlobalColor.transparent)
        if pixmap.isNull():  # a button that has no room for it yet
            return pixmap
        painter = QPainter(pixmap)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._which, self._tone)


def _fill(painter: QPainter, area: QRect, which: Icon, colour: QColor) -> None:
    side = min(area.width(), area.height())
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(area.x() + (area.width() - side) / 2, area.y() + (area.height() - side) / 2)
    painter.scale(side, side)
    painter.fillPath(_glyph(which.value), colour)
    painter.restore()


_SIZE = 24.0  # the grid that the glyphs were drawn on


@cache
def _glyph(name: str) -> QPainterPath:
    font, codepoints = _font()
    index = font.glyphIndexesForString(chr(int(codepoints[name], 16)))[0]
    down_to_square = QTransform.fromScale(1 / _SIZE, 1 / _SIZE).translate(0, _ASCENT)
    return down_to_square.map(font.pathForGlyph(index))


_ASCENT = 21.0  # of the font at that size: the top of the grid lies this far above the baseline


@cache
def _font() -> tuple[QRawFont, dict[str, str]]:
    spec = find_spec("qtawesome")
    assert spec is not None and spec.submodule_search_locations is not None
    folder = Path(spec.submodule_search_locations[0]) / "fonts"
    table = next(folder.glob("materialdesignicons6-webfont-charmap-*.json"))
    file = next(folder.glob("materialdesignicons6-webfont-*.ttf"))
    codepoints = msgspec.json.decode(table.read_bytes(), type=dict[str, str])
    return QRawFont(str(file), _SIZE), codepoints
