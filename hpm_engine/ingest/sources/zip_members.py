"""Members of a zip: their companions, their bytes, and the reasons why some are refused."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack
from typing import BinaryIO, cast

from hpm_engine.ingest.sources.beside import LARGEST, is_companion
from hpm_engine.ingest.sources.member_names import refusal
from hpm_engine.ingest.sources.unpacking import DAMAGE, Counted, Open, UnpackingBudget
from hpm_engine.ingest.sources.zip_checks import unchecked


def companions(open_: Open, budget: UnpackingBudget) -> Iterator[tuple[str, bytes]]:
    """The names of all members, with the bytes of those that are companions, else b""."""
    try:
        with open_() as stream, zipfile.ZipFile(stream) as archive:
            for info in archive.infolist():
                if info.is_dir() or zip_refusal(info, budget):
                    continue
                if not is_companion(info.filename, info.file_size):
                    yield info.filename, b""
                    continue
                try:
                    with archive.open(info) as member:
                        data = member.read(LARGEST)
                except DAMAGE:
                    continue
                yield info.filename, data
    except DAMAGE:
        return  # the archive's own pass says so


def zip_refusal(info: zipfile.ZipInfo, budget: UnpackingBudget) -> str:
    """Why a member is not read; empty for one that is."""
    if stat.S_ISLNK(info.external_attr >> 16):
        return "it is a link; links in archives are not followed"
    if info.flag_bits & 1:
        return "it is encrypted with a password. Unpack the archive first"
    if budget.is_bomb(info.file_size, info.compress_size):  # zipfile reads no more than declared
        ratio = budget.limits.archive_ratio
        return f"it unpacks to more than {ratio:,} times its size, as if made to fill a disk"
    return refusal(info.orig_filename)


def zip_member(open_: Open, info: zipfile.ZipInfo) -> BinaryIO:
    """A member, opened anew."""
    opened = ExitStack()
    archive = opened.enter_context(zipfile.ZipFile(opened.enter_context(open_())))
    return cast(
        "BinaryIO",
        Counted(
            cast("BinaryIO", opened.enter_context(archive.open(unchecked(info)))), None, opened
        ),
    )


def zip_sibling(open_: Open, name: str, budget: UnpackingBudget) -> BinaryIO | None:
    """The member of that name, opened anew; None without one."""
    try:
        with open_() as stream, zipfile.ZipFile(stream) as archive:
            info = archive.getinfo(name)
    except (KeyError, *DAMAGE):
        return None
    return None if info.is_dir() or zip_refusal(info, budget) else zip_member(open_, info)
