"""The repositories that are left out together: a fold's networks never saw what they are asked."""

from __future__ import annotations

_FOLDS = (("django",), ("sympy", "pylint"), ("sphinx", "astropy", "requests"))
FOLDS = len(_FOLDS) + 1


def fold_of(project: str) -> int:
    """In which fold a repository is."""
    for number, names in enumerate(_FOLDS):
        if any(name in project for name in names):
            return number
    return FOLDS - 1
