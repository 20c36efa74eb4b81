"""Files of an agent's memory below a virtual ``/memories``: what the six commands do to them.

Texts and refusals are those of Claude's own tool on a folder, to the letter. No path leads outside:
there is no outside.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.config import MEMORY_BYTES, MEMORY_FILE_BYTES, MEMORY_FILES

_ROOT = "/memories"
_MOST_LINES = 999_999
_WIDTH = len(str(_MOST_LINES))
_FOLDER_SIZE = "4K"  # as the file systems of most computers say it of a small folder
_NAME_BYTES = 255
_UNITS = "BKMG"


class Refused(Exception):
    """A command that cannot be carried out; the text is for the agent. Nothing was changed."""


class MemoryFiles(msgspec.Struct):
    """The texts by their paths below the root, without a slash in front; the folders likewise."""

    files: dict[str, str] = {}
    folders: set[str] = set()

    def view(self, path: str, lines: list[int] | None = None) -> str:
        """A folder's content two levels deep, or a file's lines, numbered."""
        key = _key(path)
        if key in self.files:
            return self._lines(path, self.files[key], lines)
        if key and key not in self.folders:
            raise Refused(f"The path {path} does not exist. Please provide a valid path.")
        head = (
            f"Here're the files and directories up to 2 levels deep in {path},"
            " excluding hidden items:"
        )
        listed = [f"{size}\t{path}/{name}" for size, name in self._inside(key, "", 1)]
        return "\n".join([head, f"{_FOLDER_SIZE}\t{path}", *listed])

    def create(self, path: str, text: str) -> str:
        """Write a new file, and the folders that it needs."""
        key = _key(path)
        if not key or key in self.files or key in self.folders:
            raise Refused(f"File {path} already exists")
        self._add_folders(key, path)
        self._put(key, path, text)
        return f"File created successfully at: {path}"

    def replace(self, path: str, old: str, new: str) -> str:
        """Replace a text that a file has once; the lines around it."""
        key = self._file(path)
        content = self.files[key]
        count = content.count(old)
        if not count:
            raise Refused(
                f"No replacement was performed, old_str `{old}` did not appear verbatim in {path}."
            )
        if count > 1:
            numbers = ", ".join(map(str, _line_numbers(content, old)))
            raise Refused(
                f"No replacement was performed. Multiple occurrences of old_str `{old}` in lines: "
                f"{numbers}. Please ensure it is unique"
            )
        changed = content[: content.find(old)].count("\n")
        self._put(key, path, content.replace(old, new))
        lines = self.files[key].split("\n")
        first = max(0, changed - 2)
        snippet = _numbered(lines[first : changed + 3], first + 1)
        return (
            "The memory file has been edited. Here is the snippet showing the change (with line "
            f"numbers):\n{snippet}"
        )

    def insert(self, path: str, line: int, text: str) -> str:
        """Insert a text behind a line (0: at the beginning)."""
        key = self._file(path)
        lines = self.files[key].split("\n")
        if not lines[-1]:
            lines.pop()
        if not 0 <= line <= len(lines):
            raise Refused(
                f"Invalid `insert_line` parameter: {line}. "
                f"It should be within the range [0, {len(lines)}]."
            )
        lines.insert(line, text.rstrip("\n"))
        content = "\n".join(lines)
        self._put(key, path, content if content.endswith("\n") else content + "\n")
        return f"The file {path} has been edited."

    def delete(self, path: str) -> str:
        """Delete a file, or a folder with all that is in it."""
        key = _key(path)
        if not key:
            raise Refused("Cannot delete the /memories directory itself")
        if key not in self.files and key not in self.folders:
            raise Refused(f"The path {path} does not exist")
        self.files = {name: text for name, text in self.files.items() if not _is_in(name, key)}
        self.folders = {name for name in self.folders if not _is_in(name, key)}
        return f"Successfully deleted {path}"

    def rename(self, old_path: str, new_path: str) -> str:
        """Give a file or a folder another path."""
        old, new = _key(old_path), _key(new_path)
        if not old:
            raise Refused("Cannot rename the /memories directory itself")
        if not new or new in self.files or new in self.folders:
            raise Refused(f"The destination {new_path} already exists")
        if old not in self.files and old not in self.folders:
            raise Refused(f"The path {old_path} does not exist")
        if _is_in(new, old):
            raise Refused(f"The destination {new_path} is within {old_path}")
        self._add_folders(new, new_path)
        self.files = {_moved(name, old, new): text for name, text in self.files.items()}
        self.folders = {_moved(name, old, new) for name in self.folders}
        self._check_total()
        return f"Successfully renamed {old_path} to {new_path}"

    def clear(self) -> str:
        """Delete everything."""
        self.files, self.folders = {}, set()
        return "All memory cleared"

    def _lines(self, path: str, content: str, lines: list[int] | None) -> str:
        shown = content.split("\n")
        if len(shown) > _MOST_LINES:
            raise Refused(f"File {path} exceeds maximum line limit of 999,999 lines.")
        start = 0
        if lines and len(lines) == 2:
            start = max(1, lines[0]) - 1
            shown = shown[start : len(shown) if lines[1] == -1 else lines[1]]
        return f"Here's the content of {path} with line numbers:\n{_numbered(shown, start + 1)}"

    def _inside(self, folder: str, shown: str, depth: int) -> Iterator[tuple[str, str]]:
        """Size and name of what is in a folder, by name, hidden ones left out."""
        start = f"{folder}/" if folder else ""
        own = {
            key[len(start) :]: key for key in (*self.files, *self.folders) if _parent(key) == folder
        }
        for name in sorted(own):
            if not name.startswith("."):
                key, label = own[name], f"{shown}/{name}" if shown else name
                if key in self.files:
                    yield _size(len(self.files[key].encode())), label
                    continue
                yield _FOLDER_SIZE, f"{label}/"
                if depth < 2:
                    yield from self._inside(key, label, depth + 1)

    def _file(self, path: str) -> str:
        key = _key(path)
        if key in self.files:
            return key
        if key and key not in self.folders:
            raise Refused(f"The path {path} does not exist. Please provide a valid path.")
        raise Refused(f"The path {path} is not a file.")

    def _add_folders(self, key: str, path: str) -> None:
        if any(len(name.encode(errors="replace")) > _NAME_BYTES for name in key.split("/")):
            raise Refused(f"A name in {path} is longer than {_NAME_BYTES} bytes.")
        parent, folders = _parent(key), set()
        while parent:
            if parent in self.files:
                raise Refused(f"The path {path} leads through the file {_ROOT}/{parent}.")
            folders.add(parent)
            parent = _parent(parent)
        self.folders |= folders

    def _put(self, key: str, path: str, text: str) -> None:
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise Refused(f"The text for {path} holds characters that are none.") from None
        if size > MEMORY_FILE_BYTES.value:
            raise Refused(
                f"{path} would have {size:,} bytes; a memory file has at most "
                f"{MEMORY_FILE_BYTES.value:,}. Shorten it, or split it."
            )
        self.files[key] = text
        self._check_total()

    def _check_total(self) -> None:
        count = len(self.files) + len(self.folders)
        total = sum(len(text.encode()) for text in self.files.values())
        if total > MEMORY_BYTES.value or count > MEMORY_FILES.value:
            raise Refused(
                f"The memory would have {total:,} bytes in {count:,} files and folders; it has at"
                f" most {MEMORY_BYTES.value:,} in {MEMORY_FILES.value:,}. Delete what is no longer"
                " needed."
            )


def _key(path: str) -> str:
    """The path below the root, '' for the root itself; refuses one that leads out of it."""
    if not path.startswith(_ROOT):
        raise Refused(f"Path must start with /memories, got: {path}")
    names = [_ROOT.strip("/")]
    for name in path[len(_ROOT) :].split("/"):
        if name == ".." and not names:
            break
        if name == "..":
            names.pop()
        elif name not in ("", "."):
            names.append(name)
    else:
        if names[:1] == [_ROOT.strip("/")]:
            return _storable("/".join(names[1:]), path)
    raise Refused(f"Path {path} would escape /memories directory")


def _storable(key: str, path: str) -> str:
    try:
        key.encode()
    except UnicodeEncodeError:
        raise Refused(f"Path {path!r} holds characters that are none.") from None
    if "\0" in key:
        raise Refused(f"Path {path!r} holds a null character.")
    return key


def _parent(key: str) -> str:
    return key.rpartition("/")[0]


def _is_in(key: str, folder: str) -> bool:
    return key == folder or key.startswith(folder + "/")


def _moved(key: str, old: str, new: str) -> str:
    return new + key[len(old) :] if _is_in(key, old) else key


def _line_numbers(content: str, text: str) -> Iterator[int]:
    """The lines in which a text begins, overlapping ones too."""
    position, before, line = content.find(text), 0, 1
    while position >= 0:
        line += content.count("\n", before, position)
        yield line
        before, position = position, content.find(text, position + 1)


def _numbered(lines: list[str], first: int) -> str:
    return "\n".join(
        f"{str(number).rjust(_WIDTH)}\t{line}" for number, line in enumerate(lines, first)
    )


def _size(size: int) -> str:
    """Bytes as the tool writes them: 0B, 12B, 1.5K."""
    power = 0
    while size >> 10 * (power + 1) and power < len(_UNITS) - 1:
        power += 1
    scaled = size / 1024**power
    return f"{int(scaled) if scaled == int(scaled) else f'{scaled:.1f}'}{_UNITS[power]}"
