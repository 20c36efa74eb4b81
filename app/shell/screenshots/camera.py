"""Takes the pictures, for review and for the README, and ends the program."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from app.kit.theme.theme import Scheme
from app.shell.screenshots.director import Director
from app.shell.screenshots.programme import play
from app.shell.screenshots.stage import Scene, Stage

if TYPE_CHECKING:
    from app.shell.application import Options, Program

_SIZE = (1440, 900)


def take(program: Program, options: Options) -> int:
    """Write ``<name>-<theme>.png`` for each scene and theme, print their paths, and exit."""
    if options.store is None or options.screenshots is None:
        sys.stderr.write("hpm-inspector: name the store to take pictures of.\n")
        return 2
    options.screenshots.mkdir(parents=True, exist_ok=True)
    # Fixed: a store opened again brings its window's geometry back, cut to the screen, which is
    # small on a machine without a display.
    program.window.setFixedSize(*(options.size or _SIZE))
    program.window.show()
    camera = _Camera(program, options)

    def end() -> None:
        program.window.close()
        program.qt.exit(0)

    Director(camera.scenes(), program.window, end)
    return program.qt.exec()


class _Camera:
    """Takes the pictures of all scenes, in every theme."""

    def __init__(self, program: Program, options: Options) -> None:
        self._program, self._options = program, options
        self._theme = ""

    def scenes(self) -> Scene:
        """All that is played."""
        options, settings = self._options, self._program.settings
        assert options.store is not None
        stage = Stage(self._program.window, self._shoot)
        for theme in options.themes or ("light",):
            self._theme = theme
            settings.update(theme=Scheme(theme), text_scale=options.scale or 100)
            yield None
            yield from play(stage, options.store, options.scenes)

    def _shoot(self, name: str, widget: QWidget) -> None:
        assert self._options.screenshots is not None
        file = self._options.screenshots / f"{name}-{self._theme}.png"
        if not widget.grab().save(str(file)):
            raise OSError(f"{file}: the picture could not be written there.")
        sys.stdout.write(f"{file}\n")
        sys.stdout.flush()
