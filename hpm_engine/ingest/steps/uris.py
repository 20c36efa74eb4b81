"""The addresses of files and folders, as editors write them, as paths."""

from __future__ import annotations

import re
from urllib.parse import unquote

from hpm_engine.ingest.json.plain_values import mapping, text

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]{1,30}://[^/]{0,300}(/.*)", re.DOTALL)
_DRIVE = re.compile(r"/[A-Za-z]:")


def path_of(value: object) -> str:
    """The path of an address: a text, or an object with a path; "" for none."""
    if isinstance(value, str):
        address = _ADDRESS.fullmatch(value)
        return _local(unquote(address[1])) if address else ""
    address_parts = mapping(value)
    return _local(text(address_parts.get("path"))) or text(address_parts.get("fsPath"))


def _local(path: str) -> str:
    """The path; one on a drive of Windows without the slash before it."""
    return path[1:] if _DRIVE.match(path) else path
