"""The losses and repairs of an import in words, for the command line, the window and the log."""

from __future__ import annotations

from collections.abc import Iterable

from hpm_engine.values.reports import (
    WAITING,
    Damage,
    FileReport,
    ImportReport,
    SourceAccount,
    SourceSums,
)
from hpm_engine.words.plurals import counted

_SHOWN = 3  # places or shapes that are named; further ones are counted


def account_line(account: SourceAccount) -> str:
    """The damage and the unknown shapes of a file, with the first places; empty without any."""
    parts = []
    lost = [damage for damage in account.places if not damage.mended]
    mended = [damage for damage in account.places if damage.mended]
    if account.damaged:
        what = f"{counted(account.damaged, 'damaged place')} ({account.damaged_size:,} bytes)"
        parts.append(f"{what} could not be read: {_places(lost, account.damaged)}")
    if account.mended:
        what = f"{counted(account.mended, 'damaged place')} read whole"
        parts.append(f"{what}: {_places(mended, account.mended)}")
    if account.unknown:
        shapes = [f"{shape} ({count:,})" for shape, count in account.unknown[:_SHOWN]]
        more = len(account.unknown) - _SHOWN
        shapes += [f"{counted(more, 'more shape')}"] if more > 0 else []
        parts.append(f"of unknown shape: {', '.join(shapes)}")
    return "; ".join(parts)


def waiting_line(account: SourceAccount) -> str:
    """The part of a file that is still being written, in words; empty without one."""
    if not dict(account.passed_over).get(WAITING):
        return ""
    return "the last line is not complete yet; import the file again when it has grown"


def files_line(sums: SourceSums) -> str:
    """The state of a store's files in one line, with the first damaged places."""
    parts = [f"{counted(sums.whole, 'file')} read whole"]
    if sums.unknown:
        parts.append(f"{sums.unknown:,} with records of unknown shape")
    if sums.mended:
        parts[0] += f" ({sums.mended:,} with damage of which nothing was lost)"
    if sums.damaged:
        what = f"{sums.damaged:,} with {counted(sums.damaged_places, 'damaged place')}"
        places = "; ".join(f"{path}, {location}" for path, location in sums.places)
        parts.append(f"{what}, first {places}" if places else what)
    if sums.unreadable:
        parts.append(f"{sums.unreadable:,} too damaged to be read")
    if sums.untold:
        parts.append(f"{sums.untold:,} without an account, of an earlier version")
    if sums.set_aside:
        parts.append(f"{sums.set_aside:,} set aside")
    return ", ".join(parts)


def loss_sentence(report: ImportReport) -> str:
    """The losses and repairs of an import, summed over its files; empty without any."""
    accounts = [file.account for file in damaged_files(report.files) if file.account is not None]
    lost = [account for account in accounts if account.damaged]
    mended = [account for account in accounts if account.mended]
    odd = [account for account in accounts if account.unknown]
    parts = []
    if lost:
        count = counted(sum(account.damaged for account in lost), "damaged place")
        parts.append(f"{count} in {counted(len(lost), 'file')} could not be read")
    if mended:
        count = counted(sum(account.mended for account in mended), "damaged place")
        parts.append(f"{count} in {counted(len(mended), 'file')} read whole")
    if odd:
        odd_parts = sum(number for account in odd for _, number in account.unknown)
        what = counted(odd_parts, "record or part", "records or parts")
        parts.append(f"{what} of unknown shape in {counted(len(odd), 'file')}")
    return f"{'; '.join(parts)}." if parts else ""


def damaged_files(files: Iterable[FileReport]) -> tuple[FileReport, ...]:
    """The files with damage, repairs or unknown shapes."""
    return tuple(file for file in files if file.account and account_line(file.account))


def _places(places: list[Damage], count: int) -> str:
    shown = [f"{damage.place} ({damage.reason})" for damage in places[:_SHOWN]]
    if (more := count - len(shown)) > 0:
        shown.append(f"{more:,} more")
    return ", ".join(shown)
