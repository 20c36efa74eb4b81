from __future__ import annotations

import pytest

from hpm_engine.topics.clauses import clauses, key_of, keys
from hpm_engine.topics.project_names import project_name


def shown(text: str) -> list[str]:
    return [" ".join(word.shown for word in clause) for clause in clauses(text)]


@pytest.mark.parametrize(
    ("text", "clauses_"),
    [
        (
            "Please fix the discount rounding in the basket, thanks",
            ["the discount rounding in the basket"],
        ),
        ("Bitte behebe die Rundung im Warenkorb", ["behebe die Rundung im Warenkorb"]),
        ("parse_xmp in src/photo/sidecar.rs", ["parse xmp in sidecar"]),
        ("commit da0ba47443ef9 of 2026-11-30, [REDACTED_TOKEN len=4] via a@b.org", ["commit"]),
        ("see https://example.org/a?b=c for details", ["for details"]),
        ("because something again probably maybe", []),
        ("修复 登录", ["修复 登录"]),
        ("", []),
    ],
)
def test_clauses_end_where_a_name_cannot_go_on(text: str, clauses_: list[str]) -> None:
    assert shown(text) == clauses_


def test_a_plural_is_the_same_word() -> None:
    assert key_of("Bookings") == key_of("booking") == "booking"
    assert key_of("class") == "class" and key_of("status") == "status"
    assert keys("Bookings and the booking") == {"booking"}


@pytest.mark.parametrize(
    ("project", "name"),
    [
        ("django/django", "django"),
        ("C:\\work\\shop-api", "shop-api"),
        ("tau-bench airline", "tau-bench airline"),
        ("tmp", ""),
        ("home/repo/", ""),
        ("da0ba47443", ""),
        ("feedface", "feedface"),
        ("", ""),
    ],
)
def test_a_project_goes_by_the_end_of_its_path_where_that_tells(project: str, name: str) -> None:
    assert project_name(project) == name
