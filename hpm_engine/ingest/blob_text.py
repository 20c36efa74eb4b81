"""Placeholders for what is no text: images and documents inside a trace."""

from __future__ import annotations

import re

_DATA_URL = re.compile(r"data:([\w.+/-]{1,60})?[^,]{0,60},")


def placeholder(media_type: str, encoded_size: int) -> str:
    """``[image/png, 1.2 MB]`` for base64 data of ``encoded_size`` characters."""
    size = encoded_size * 3 // 4
    if size < 1000:
        return f"[{media_type}, {size} B]"
    if size < 1_000_000:
        return f"[{media_type}, {size / 1000:.1f} kB]"
    return f"[{media_type}, {size / 1_000_000:.1f} MB]"


def url_placeholder(url: str) -> str:
    """The placeholder of a ``data:`` URL; any other address is given as it stands."""
    if found := _DATA_URL.match(url):
        return placeholder(found.group(1) or "data", len(url) - found.end())
    return f"[image {url[:200]}]" if url else "[image]"
