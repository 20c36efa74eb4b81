"""What is opened outside this program: only what a person was shown and agreed to."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices

_WEB = ("http", "https", "mailto")


def open_address(url: QUrl) -> bool:
    """Open an address of the web in the browser; nothing else is taken for one."""
    return is_web(url) and QDesktopServices.openUrl(url)


def is_web(url: QUrl) -> bool:
    """Whether an address is one of the web, or of somebody to write to."""
    return url.isValid() and url.scheme().lower() in _WEB


def open_path(path: str) -> bool:
    """Show a folder of this computer in the system's file manager."""
    return QDesktopServices.openUrl(QUrl.fromLocalFile(path))
