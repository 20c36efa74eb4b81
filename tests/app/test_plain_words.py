"""A newcomer's words: the paper's terms stand under Details and in the manual's glossary alone."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from tests.support.paper_terms import terms_in
from tests.support.visible_strings import APP, VisibleString, strings_of, visible_strings

# Modules whose widgets stand in a fold that is closed at first, and what has that fold.
FOLDED = {
    "consolidation/cycle_curves.py": "consolidation/cycle_pane.py",
    "consolidation/cycle_pane.py": "consolidation/view.py",
    "consolidation/cycle_table.py": "consolidation/cycle_pane.py",
    "masks/kept/step_table.py": "masks/kept/steps.py",
    "masks/kept/steps.py": "masks/mask_details.py",
    "masks/mask_details.py": "masks/mask_pane.py",
    "masks/mask_strip.py": "masks/mask_details.py",
    "prototypes/fisher_strip.py": "prototypes/prototype_pane.py",
}
# Functions that make what a page shows in its fold, of modules that make more than that.
FOLDED_FUNCTIONS = {
    ("consolidation/run_facts.py", "_research"),
    ("prototypes/prototype_pane.py", "research_facts"),
}
ENGINE = APP.parent / "hpm_engine"
TERMINAL = ("cli/", "evaluation/", "sample/", "training/", "compressor/training/")
# What the log has stored as action or kind of row, for programs.
STORED = {
    *("add encoder", "use encoder", "merge prototypes", "forget prototypes"),
    *("prototype pin", "prototype name"),
}
# Where a bug or a damaged file is told of, by the names that its developers need.
FAULTS = (
    *("compressor/ageing/settings.py", "compressor/packing/", "index/vector_index.py"),
    "store/learned/vectors.py",
)
_COMMAND = re.compile(r"\bhpm [a-z]+")
# Whose texts the program does not show: measurements for its developers.
UNSHOWN = "measure/"


def terms(strings: Iterator[VisibleString]) -> list[str]:
    return [
        f"app/{string.file}:{string.line}: {', '.join(words)} in {string.text!r}"
        for string in strings
        if string.file not in FOLDED
        and (string.file, string.scope) not in FOLDED_FUNCTIONS
        and not string.file.startswith(UNSHOWN)
        and (words := terms_in(string.text))
    ]


def test_no_string_of_the_window_has_a_term_of_the_paper() -> None:
    wrong = terms(visible_strings())
    assert not wrong, "\n".join(wrong)


def test_no_sentence_of_the_engine_that_the_window_shows_has_a_term() -> None:
    """Errors, notes of progress and the audit log's sentences; not what a terminal alone says."""
    wrong = []
    for path in sorted(ENGINE.rglob("*.py")):
        file, source = str(path.relative_to(ENGINE)), path.read_text("utf-8")
        if file.startswith((*TERMINAL, *FAULTS)):
            continue
        shown = None if file.startswith("audit/") else said_lines(ast.parse(source))
        for string in strings_of(source, file):
            text = _COMMAND.sub("", string.text)
            if (shown is None or string.line in shown) and text not in STORED and terms_in(text):
                wrong.append(f"{file}:{string.line}: {text!r}")
    assert not wrong, "\n".join(wrong)


def said_lines(tree: ast.Module) -> set[int]:
    """The lines of what is raised, and of notes of progress."""
    said = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    said += [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.keyword) and node.arg == "note"
    ]
    return {
        line for node in said for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


@pytest.mark.parametrize(
    "text",
    [
        "Age now",
        "Held by EWC",
        "a penalty of 3 nats",
        "12 prototypes",
        "of which 3 were evicted",
        "all in the ledger",
        "added by the harness",
        "Make Whole",
        "the mask of a step",
        "3 vectors encoded",
        "goes with the next ageing",
    ],
)
def test_a_term_is_found_where_it_is_put_back(text: str) -> None:
    assert terms(strings_of(f"label.setText({text!r})", "a.py"))
    assert terms(strings_of(f"label.setText(f'{{3}} {text}')", "a.py")), "with a value in it"


@pytest.mark.parametrize(
    "source",
    [
        'run("Prototypes lists them; Masks and Consolidation are views")',
        'name = "vectors"',
        'label.setObjectName("masks of the store")',
        'Column(title="Held by EWC", shown=False, group="For researchers")',
    ],
)
def test_what_is_no_term_or_is_not_shown_is_left_alone(source: str) -> None:
    assert not terms(strings_of(source, "a.py"))


@pytest.mark.parametrize("folded", FOLDED)
def test_what_is_excepted_stands_in_a_fold_and_nowhere_else(folded: str) -> None:
    """Its widgets are named by itself and by what folds it, alone."""
    widgets = classes(folded)
    assert widgets
    users = {
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if widgets & calls(path.read_text("utf-8"))
    }
    assert users - {folded} == {FOLDED[folded]}
    holder = FOLDED[folded]
    assert holder in FOLDED or "Details" in calls((APP / holder).read_text("utf-8"))


def test_the_exceptions_are_there() -> None:
    for file, function in FOLDED_FUNCTIONS:
        scopes = {string.scope for string in visible_strings() if string.file == file}
        assert function in scopes


def classes(file: str) -> set[str]:
    """The widgets and models that a module makes."""
    tree = ast.parse((APP / file).read_text("utf-8"))
    bases = {"NamedTuple", "Struct", "Enum", "StrEnum"}
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.ClassDef)
        and not node.name.startswith("_")
        and not {ast.unparse(base).rpartition(".")[2] for base in node.bases} & bases
        and not node.decorator_list
    }


def calls(source: str) -> set[str]:
    """The names that a module calls."""
    return {
        node.func.id
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def test_the_glossary_has_every_term_that_stands_in_a_fold() -> None:
    glossary = (APP.parent / "resources" / "manual" / "glossary.md").read_text("utf-8").casefold()
    folded = [string for string in visible_strings() if string.file in FOLDED]
    used = {word.casefold() for string in folded for word in terms_in(string.text)}
    assert len(used) > 5
    assert not [word for word in sorted(used) if word.rstrip("sy") not in glossary]
