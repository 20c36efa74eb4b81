"""The numbers of the paper and of policy stand in one module, each with what has to be known."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import config
from hpm_engine.cli import recall
from hpm_engine.cli.tiers import consolidate
from hpm_engine.config import Parameter
from hpm_engine.store.rows.steps import MOST_STEPS

ROOT = Path(__file__).parents[2]
HOME = Path(config.__file__)
PAGES = {page.name for page in (ROOT / "resources" / "decisions").glob("*.md")}
PARAMETERS: dict[str, Parameter[float]] = {
    name: value for name, value in vars(config).items() if isinstance(value, Parameter)
}


def words(text: str) -> set[str]:
    """The words of four letters or more, without the ending of a plural."""
    return {word.removesuffix("s") for word in re.findall(r"[a-z]{4,}", text.lower())}


WORDS = {n: words(f"{n} {p.unit} {p.meaning}") for n, p in PARAMETERS.items()}
# What has a number and two words in common with a parameter, and means something else.
OTHERS = {
    "app/consolidation/tier_standing.py: _RECENT",  # cycles that tell how long one takes
    "hpm_engine/compressor/scorers/word_features.py: STORE",  # columns of a matrix
    "hpm_engine/evaluation/consolidation/task_stream.py: FEWEST",  # episodes of a stream
    "hpm_engine/evaluation/kill.py: _LARGE",  # files
    "hpm_engine/evaluation/recall/transfer_tasks.py: _LONGEST",  # of an issue, as published
    "hpm_engine/ingest/steps/amounts.py: _DIGITS",  # of a number that is written as text
    "hpm_engine/recall/alike.py: READ",  # steps of an episode that are compared
    "hpm_engine/recall/alike.py: _LONGEST",  # of a text that is compared
    "hpm_engine/recall/excerpt.py: _SEARCHED",  # characters of a step
    "hpm_engine/recall/stated.py: _EPISODES",  # whose statements are looked at
    "hpm_engine/store/derived/parts.py: _SHORT",  # bytes of a digest
    "hpm_engine/store/erasure/quarantine.py: _LONGEST",  # of a reason
    "hpm_engine/store/search/term_counts.py: _MOST",  # episodes whose terms are counted
    "hpm_engine/usage/judge.py: words",  # a share of a note's words
    "hpm_engine/recall/prototype_matcher.py: _LEAST",  # cosine with a cue
}
# Numbers of the paper's tables, which benchmarks set beside their own.
PAPERS_FIGURES = "hpm_engine/evaluation/"


def numbers(file: Path) -> Iterator[tuple[str, float, str]]:
    """Name, value and comment of what modules and classes assign as a plain number."""
    text = file.read_text("utf-8")
    tree, lines = ast.parse(text), text.splitlines()
    bodies = [tree.body, *(n.body for n in ast.walk(tree) if isinstance(n, ast.ClassDef))]
    for node in (node for body in bodies for node in body):
        if isinstance(node, ast.Assign):
            target = node.targets[0]
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            target = node.target
        else:
            continue
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        names = target.elts if isinstance(target, ast.Tuple) else [target] * len(values)
        if len(names) != len(values):
            continue  # unpacked from a call
        for name, value in zip(names, values, strict=True):
            leaves = [leaf for leaf in ast.walk(value) if isinstance(leaf, ast.expr)]
            if all(isinstance(leaf, (ast.Constant, ast.BinOp, ast.UnaryOp)) for leaf in leaves):
                number = eval(compile(ast.Expression(value), str(file), "eval"), {})
                if isinstance(number, (int, float)) and not isinstance(number, bool):
                    yield ast.unparse(name), number, lines[node.lineno - 1].partition("  # ")[2]


def test_every_number_has_a_unit_a_meaning_a_range_and_a_source() -> None:
    assert len(PARAMETERS) > 60
    written = {name for name in vars(config) if name.isupper() and not name.startswith("_")}
    assert written == set(PARAMETERS)
    for name, parameter in PARAMETERS.items():
        assert parameter.unit and parameter.meaning, name
        section = re.fullmatch(r"§3\.[123](, its number policy)?", parameter.source)
        reason = re.fullmatch(r"policy: .+", parameter.source)
        assert section or reason or parameter.source in PAGES, name
        assert parameter.least is None or parameter.least <= parameter.value, name
        assert parameter.most is None or parameter.value <= parameter.most, name


def test_the_papers_numbers_are_the_papers() -> None:
    assert [config.BUFFER_SIZE.value, config.IVF_CENTROIDS.value] == [100, 256]
    assert config.PQ_SUBQUANTIZERS.value == 32
    assert config.COMPRESSION_RATIO.value == config.MASK_STEP_RATIO.value == 1_200 / 100
    assert [config.MASK_LAYERS.value, config.MASK_HEADS.value, config.MASK_WIDTH.value] == [
        2,
        4,
        128,
    ]
    assert config.DECODER_LAYERS.value == 2 and config.SPARSITY_WEIGHT.value == 0.01
    assert config.EWC_STRENGTH.value == 0.5
    assert config.IDLE_MINUTES.value == 5 and config.CYCLE_MEMORIES.value == 50


def test_the_module_needs_nothing_but_python() -> None:
    tree = ast.parse(HOME.read_text("utf-8"))
    modules = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert {str(module).partition(".")[0] for module in modules} <= sys.stdlib_module_names


def test_no_other_module_has_such_a_number_of_its_own() -> None:
    again = []
    for file in [*(ROOT / "hpm_engine").rglob("*.py"), *(ROOT / "app").rglob("*.py")]:
        path = file.relative_to(ROOT).as_posix()
        if file == HOME:
            continue
        for name, number, comment in numbers(file):
            if f"{path}: {name}" in OTHERS:
                continue
            if "the paper's" in comment and not path.startswith(PAPERS_FIGURES):
                again.append(f"{path}: {name} is the paper's")
            said = words(f"{name} {comment}")
            for parameter, (value, *_) in PARAMETERS.items():
                if number == value and len(said & WORDS[parameter]) > 1:
                    again.append(f"{path}: {name} is {parameter}")
    assert not again


def test_a_field_has_a_range_or_there_is_none() -> None:
    assert config.IDLE_MINUTES.bounds == (0, 10_000)
    with pytest.raises(ValueError, match="open"):
        config.CANARIES.bounds  # noqa: B018


def test_the_store_can_number_as_many_steps_as_an_import_accepts() -> None:
    assert config.EPISODE_STEPS.value == MOST_STEPS


def test_the_command_line_has_these_numbers() -> None:
    defaults = {name: p.default for p in recall.command.params for name in p.opts}
    assert defaults["--tokens"] == config.CONTEXT_TOKENS.value
    assert defaults["--recency"] == defaults["--importance"] == config.PRIOR_WEIGHT.value
    options = {name: p for p in consolidate.command.params for name in p.opts}
    assert options["--memories"].default == config.CYCLE_MEMORIES.value
    assert config.MEMORY_STEPS.value == 5 and "five steps" in str(vars(options["--memories"]))
