from __future__ import annotations

import pytest

from hpm_engine.compressor.evidence.file_roles import file_roles, same_file, written
from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.scorers.decision_features import kept_steps, role_worth
from hpm_engine.compressor.scorers.decision_input import best_steps
from hpm_engine.compressor.scorers.decision_labels import decision_labels, first_pass, runs
from hpm_engine.values.episodes import Step, StepFlag, StepSource
from tests.support.courses import COURSE, course


@pytest.mark.parametrize(
    ("call", "paths"),
    [
        ("cat <<'EOF' > shop/price.py\nopen('other.py')\nEOF", {"shop/price.py"}),
        ("echo x >> notes.md", {"notes.md"}),
        (
            "sed -i '5c\\\n    def price(self):\\\n        return 1' shop/price.py",
            {"shop/price.py"},
        ),
        ("sed -i \"s/'a'/b/\" one.py && sed -i 2d two.py", {"one.py", "two.py"}),
        ("sed -n 1,5p shop/price.py", set()),
        ("python3 - <<'E'\nwith open('a/b.py', 'w') as f:\n    f.write(x)\nE", {"a/b.py"}),
        ("python3 -c \"print(open('a/b.py').read())\"", set()),
        (
            '{"command": "str_replace", "path": "/w/a.py", "old_str": "x", "new_str": "y"}',
            {"/w/a.py"},
        ),
        ('{"command": "view", "path": "/w/a.py"}', set()),
        ('{"file_path": "/w/a.md", "content": "run: cat x > b.py"}', {"/w/a.md"}),
        ('{"command": "cat <<EOF > a.py\\nx\\nEOF"}', {"a.py"}),
        ("str_replace_editor create /w/a.py --file_text 'x > b.py'", {"/w/a.py"}),
        ("str_replace_editor view /w/a.py", set()),
        ("*** Begin Patch\n*** Update File: src/lib.rs\n@@\n", {"src/lib.rs"}),
        ("grep -rn price . | tee -a found.txt", {"found.txt"}),
        ("mv a.py.new shop/price.py", {"shop/price.py"}),
        ("print(u.km, q.dtype)", set()),
    ],
)
def test_what_a_call_writes(call: str, paths: set[str]) -> None:
    assert written(call) == paths


# Searches that read on for each beginning take minutes for these.
@pytest.mark.parametrize(
    "begun", ["tee" + " " * 99_999, "patch -" * 99_999, 'sed -i \\"x\n' * 9_999]
)
def test_a_call_of_beginnings_without_ends_writes_what_it_names(begun: str) -> None:
    assert written(f"{begun}\necho x > notes.md") == {"notes.md"}


def test_roles_of_files() -> None:
    roles = {role.path: role for role in file_roles(course(*COURSE))}
    price, rules = roles["shop/price.py"], roles["shop/rules.py"]
    assert (price.reads, price.writes, price.stands, price.source) == ((1, 6), (5, 8), True, True)
    assert (rules.reads, rules.writes, rules.taken_back) == ((2,), (7,), (10,))
    assert not rules.stands
    assert not roles["reproduce.py"].source
    assert not roles["reproduce.py"].stands


def test_what_a_program_is_handed_is_not_read_by_the_command() -> None:
    text = "cat a.py <<'EOF'\nhead b.py\nEOF\ncat c.py <<NEVER\ncat d.py"
    roles = file_roles(course((text, "")))
    assert {role.path for role in roles if role.reads} == {"a.py", "c.py", "d.py"}


def test_bodies_that_never_end_are_looked_at_once() -> None:
    roles = file_roles(course(("cat a.py\n" + "<<a\n" * 200_000, "")))
    assert [role.path for role in roles] == ["a.py"]


def test_what_an_editor_views_is_read() -> None:
    steps = course(
        ("str_replace_editor view /w/shop/price.py", ""),
        ('{"command": "view", "path": "/w/shop/rules.py"}', ""),
        ("str_replace_editor str_replace /w/shop/price.py --old_str a --new_str b", ""),
    )
    price, rules = file_roles(steps)
    assert (price.reads, price.writes) == ((0,), (2,))
    assert (rules.reads, rules.writes) == ((1,), ())


def test_one_file_by_two_names_is_one() -> None:
    steps = course(("cat /testbed/shop/price.py", ""), ("sed -i 1d shop/price.py", ""))
    (only,) = file_roles(steps)
    assert (only.reads, only.writes) == ((0,), (1,))
    assert not same_file("shop/price.py", "shop/a_price.py")


def test_decision_points_are_told_by_the_patch_and_by_runs() -> None:
    steps = course(*COURSE)
    roles = file_roles(steps)
    assert runs(steps) == {4: False, 9: True, 11: True}
    assert first_pass(runs(steps)) == [9]
    assert decision_labels(steps, roles, {"shop/price.py"}).tolist() == [1, 5, 8, 9]
    assert decision_labels(steps, roles, {"shop/rules.py"}).tolist() == [2, 7, 9]
    assert decision_labels(steps, roles, set()).tolist() == [9]


def test_a_run_that_is_flagged_as_an_error_did_not_pass() -> None:
    steps = course(("pytest", "1 failed"), ("pytest", "3 passed"), ("pytest", "3 passed"))
    assert first_pass(runs(steps)) == [1]
    parts = steps[1].parts
    steps[1] = Step(1, 1, StepSource.AGENT, StepFlag.ERROR, 1, "", None, None, parts)
    assert first_pass(runs(steps)) == [2]


def test_the_rule_puts_standing_changes_before_those_taken_back() -> None:
    evidence = Gatherer().evidence(course(*COURSE), StoreHistory())
    worth = role_worth(evidence)
    assert best_steps(worth).tolist() == [5, 8]
    assert worth[1] > worth[2] > worth[0]
    assert worth[9] > worth[2]


@pytest.mark.parametrize("length", [0, 1, 2, 11, 12, 13, 24, 25, 100, 1_199, 1_200, 1_201, 20_000])
def test_a_twelfth_of_the_steps_is_chosen(length: int) -> None:

    assert kept_steps(length) == (length + 11) // 12
