"""What lines of notes claim: commands, ways, values, files and names, found without a model."""

from __future__ import annotations

import time

import pytest

from hpm_engine.evidence.claims import Quantity, claim_of, claims
from hpm_engine.evidence.wording import has_term, takes_back


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("- Run `make test` first.", ("make test",)),
        ("Tests run with make test; then look.", ("make test",)),
        ("Make sure that it works, make it fast.", ()),
        ("Type `cargo clippy -- -D warnings`", ("cargo clippy -- -D warnings",)),
        ("Use pytest -q tests/unit, please", ("pytest -q tests/unit",)),
        ("`./scripts/seed.sh` fills it", ("./scripts/seed.sh",)),
        ("The cargo scanner is black and rails are mixed", ()),
        ("We run cargo test, here", ("cargo test",)),
        ("We go to the kiln and `git` it", ()),
        ("All of it: go vet ./....", ("go vet ./...",)),
    ],
)
def test_commands_are_told_from_words(line: str, commands: tuple[str, ...]) -> None:
    assert claim_of(1, line).commands == commands


@pytest.mark.parametrize(
    "line",
    [
        "Use pnpm, not npm.",
        "pnpm instead of npm",
        "Never use npm; use pnpm.",
        "Don't run `npm`: use `pnpm`",
        "pnpm replaces npm",
        "We work with pnpm rather than npm here.",
    ],
)
def test_one_way_in_place_of_another(line: str) -> None:
    assert claim_of(1, line).instead == (("pnpm", "npm"),)


@pytest.mark.parametrize(
    ("line", "quantity"),
    [
        ("The server listens on port 8080.", Quantity("port", "8080")),
        ("- `MAX_ROWS` is 500", Quantity("max_rows", "500")),
        ("timeout of the mail worker = 30", Quantity("timeout", "30")),
        ("It is at localhost:5433 now", Quantity("port", "5433")),
        ("The file has 12 columns", Quantity("columns", "12")),
        ("line_length: 100", Quantity("line_length", "100")),
    ],
)
def test_values_with_what_they_are_values_of(line: str, quantity: Quantity) -> None:
    assert quantity in claim_of(1, line).quantities


def test_files_folders_and_names() -> None:
    claim = claim_of(1, "Never edit `generated/` or src/api/client.ts; `parseRows()` does it.")
    assert set(claim.paths) == {"src/api/client.ts", "generated/"}
    assert claim.names == ("parseRows",)
    assert claim.forbids


def test_lines_are_numbered_as_in_the_file_and_headings_left_out() -> None:
    text = "---\nname: a\n---\n# Head\n\n- Run `make test`\n\n```\n$ cargo test --all\n```\n---\n"
    assert [(claim.line, claim.commands) for claim in claims(text)] == [
        (6, ("make test",)),
        (9, ("cargo test --all",)),
    ]


def test_a_sentence_takes_a_term_back() -> None:
    for sentence in ("Forget 5433.", "Don't use npm any more", "npm is gone", "no longer with npm"):
        assert takes_back(sentence, "5433" if "5433" in sentence else "npm")
    assert not takes_back("Use pnpm instead of npm", "pnpm")
    assert has_term("run make test now", "make test")
    assert not has_term("pnpm run", "npm")


@pytest.mark.parametrize("letters", ["a ", "`", "never use ", "1 ", "port ", "[", "x/", "not a, "])
def test_any_line_is_read_in_time_that_grows_with_it(letters: str) -> None:
    started = time.perf_counter()
    claim_of(1, letters * (200_000 // len(letters)))
    takes_back(letters * 50_000, "a")
    assert time.perf_counter() - started < 2
