"""The zoo's files of the agents that keep databases, judged by what is known to be in them."""

from __future__ import annotations

import pytest

from tests.support.files.real_zoo import wrong_units

KINDS = (
    *("cursor-cli", "cursor-cli-store", "cursor-ide", "goose", "goose-jsonl"),
    *("kiro-cli", "kiro-cli-sqlite", "kiro-ide", "warp", "zed"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_every_unit_is_right(kind: str) -> None:
    assert wrong_units(kind) == {}


def test_results_of_hermes_fail_in_a_document_as_they_do_in_the_database() -> None:
    """What is known of the document counts no errors; its results say why they failed, though."""
    wrong = wrong_units("hermes")
    assert [[getattr(d, "what", "") for d in differences] for differences in wrong.values()] in (
        [],
        [["errors"]],
    )
