"""Folds of repositories that are left out together: no network saw what it is asked."""

from __future__ import annotations

_FOLDS = (("django",), ("sympy", "pylint"), ("sphinx", "astropy", "requests"))
FOLDS = len(_FOLDS) + 1


def fold_of(project: str) -> int:
    """The fold of a repository."""
    for number, names in enumerate(_FOLDS):
        if any(name in project for name in names):
            return number
    return FOLDS - 1
