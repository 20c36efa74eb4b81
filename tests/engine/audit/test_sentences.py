from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from hpm_engine import ACTION_NAMES, AuditFilter, AuditRow, Link, LinkKind, Memory, open_memory
from hpm_engine.audit.sentences import sentence
from hpm_engine.audit.signed_note import read_note
from hpm_engine.audit.tellings import TELLINGS
from hpm_engine.values.audit_acts import Names
from tests.support.files.traces import make_store

_ENGINE = Path(__file__).parents[3] / "hpm_engine"
_NAMES = Names(episodes={5: "Sort the shelf", 6: "<b>bold</b>\n"}, cues={2: "how do we sort?"})


def written_actions() -> set[str]:
    """Every action with which the engine can append a row to the log."""
    actions: set[str] = set()
    for file in _ENGINE.rglob("*.py"):
        tree = ast.parse(file.read_text("utf-8"))
        appends = [node for node in ast.walk(tree) if _appends(node)]
        for call in appends:
            actions |= set(_texts(call.args[0], tree))
        if any(isinstance(node, ast.Name) and node.id == "MarkEdit" for node in ast.walk(tree)):
            actions |= set(_texts(ast.Name("action"), tree))
    return actions


def _appends(node: ast.AST) -> bool:
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return False
    receiver = ast.unparse(node.func.value).lower()
    logs = receiver.endswith(("log", "audit")) or receiver.startswith("auditlog(")
    return node.func.attr == "append" and logs and len(node.args) > 1


def _texts(value: ast.expr, tree: ast.AST) -> Iterator[str]:
    """The texts that an expression can be: its own, or all that a name is given in the module."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.IfExp):
        yield from _texts(value.body, tree)
        yield from _texts(value.orelse, tree)
    elif isinstance(value, ast.Name):
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == value.id:
                yield from _texts(node.value, tree)
            elif isinstance(node, ast.FunctionDef):
                yield from _given(node, value.id, tree)


def _given(function: ast.FunctionDef, name: str, tree: ast.AST) -> Iterator[str]:
    """The texts that the parameter of a function is given in its module, or has without."""
    names = [argument.arg for argument in function.args.args if argument.arg != "self"]
    if name not in names:
        return
    for default in function.args.defaults[names.index(name) - len(names) :][:1]:
        if isinstance(default, ast.Constant) and default.value:
            yield str(default.value)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == f"self.{function.name}":
            given = dict(zip(names, node.args, strict=False))
            given |= {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
            value = given.get(name)
            if isinstance(value, ast.Constant) or (
                isinstance(value, ast.Name) and value.id.isupper()
            ):
                yield from _texts(value, tree)


def test_every_action_that_the_engine_writes_has_a_sentence_and_a_name() -> None:
    actions = written_actions()
    assert {"import", "tag", "undo", "delete-note", "merge prototypes", "keep weights"} <= actions
    assert actions == set(TELLINGS) == set(ACTION_NAMES)


def row(
    action: str, subject: str, detail: str = "{}", before: str = "", actor: str = "p"
) -> AuditRow:
    return AuditRow(1, 0, actor, action, subject, before, "", detail, "", "")


def told(*fields: str) -> str:
    return "".join(piece.text for piece in sentence(row(*fields), _NAMES))


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        (
            ("tag", "episode:5", '{"after":["old","review"],"before":["old"],"kind":"tag"}'),
            "Tag “review” put on “Sort the shelf”",
        ),
        (
            ("undo", "episode:5", '{"after":[],"before":["review"],"kind":"tag"}'),
            "Undone: tag “review” taken from “Sort the shelf”",
        ),
        (
            ("tag", "episode:5", '{"after":["b"],"before":["a"],"kind":"tag"}'),
            "Tag “b” put on “Sort the shelf”, tag “a” taken from “Sort the shelf”",
        ),
        (
            ("pin", "episode:5", '{"after":["1"],"before":[],"kind":"pin"}'),
            "“Sort the shelf” pinned",
        ),
        (
            ("recall", "recall:2", '{"episodes":[5,6],"injected":[5]}'),
            "Recall of “how do we sort?” gave 2 episodes, 1 of them put into a context",
        ),
        (
            ("compress", "episode:5", '{"raw":1000,"stored":80}', "", "scheduler"),
            "“Sort the shelf” compressed to 8 % of its size automatically",
        ),
        (
            ("evict", "episode:9", "{}"),
            "Original text of episode 9 (gone) permanently deleted",
        ),
        (
            ("import", "episode:5", '{"steps_added":3}'),
            "Session “Sort the shelf” imported, 3 steps",
        ),
        (
            ("import", "episode:5", '{"steps_added":3}', "x"),
            "“Sort the shelf” went on: 3 steps added",
        ),
        (
            ("delete-note", "episode:5", '{"note":1,"step":4}'),
            "Note on “Sort the shelf”, step 4, deleted",
        ),
        (
            ("undo consolidation", "cycle:7", '{"cycles":5,"first":3}'),
            "Undone: cycles 3 to cycle 7",
        ),
        (
            ("propose", "proposal:3", '{"characters":9,"edited":false}'),
            "Proposal 3 waits for a person",
        ),
        (
            ("accept proposal", "proposal:3", '{"edited":true,"note":7}'),
            "Proposal 3 accepted as memory note 7, with another text",
        ),
        (("undo", "proposal:3", '{"state":"waiting"}'), "Undone: proposal 3 waits again"),
        (("export", "audit", '{"format":"csv","rows":2}'), "The log exported as CSV, 2 rows"),
        (("danced", "episode:5", "{}"), "Danced: “Sort the shelf”"),
        (("import", "episode:5", "[1"), "Session “Sort the shelf” imported, 0 steps"),
    ],
)
def test_rows_are_told(fields: tuple[str, ...], text: str) -> None:
    assert told(*fields) == text


def test_names_are_one_line_and_stay_as_they_are() -> None:
    assert told("pin", "episode:6", '{"after":["1"],"kind":"pin"}') == "“<b>bold</b>” pinned"


@pytest.mark.parametrize("action", sorted(ACTION_NAMES))
@pytest.mark.parametrize("detail", ["{}", "", "[]", '{"episodes":"x","kind":3,"before":{}}'])
def test_nothing_that_somebody_wrote_into_a_row_stops_its_telling(action: str, detail: str) -> None:
    for subject in ("", "episode:5", "episode:x", "cycle:99999999999999999999", "files"):
        assert told(action, subject, detail)


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    store = make_store(tmp_path / "m.hpm", ["Sort the shelf", "Paint the door", "Mend the roof"])
    with open_memory(store, actor="person") as memory:
        yield memory


def acts(memory: Memory, wanted: AuditFilter = AuditFilter()) -> list[str]:  # noqa: B008
    spans = memory.audit.acts(wanted)
    return [act.text for act in memory.audit.in_words(wanted, spans)]


def test_what_was_done_at_once_is_one_act_that_opens(memory: Memory) -> None:
    memory.marks.add_tag([1, 2, 3], "review")
    memory.marks.add_tag([1, 2], "later")  # another act, in the same second
    spans = memory.audit.acts()
    told = memory.audit.in_words(AuditFilter(), spans)
    assert [act.text for act in told[-2:]] == [
        "Tag “review” put on 3 episodes",
        "Tag “later” put on 2 episodes",
    ]
    assert sum(span.rows for span in spans) == memory.audit.count()
    assert told[-2].span.rows == told[-2].episodes == 3
    rows = memory.audit.rows_of(AuditFilter(), spans[-2])
    singles = memory.audit.in_words(AuditFilter(), rows)
    assert [act.link for act in singles] == [
        Link(LinkKind.EPISODE, str(number)) for number in (1, 2, 3)
    ]
    assert singles[0].text == "Tag “review” put on “Sort the shelf”"


def test_an_import_is_one_act(memory: Memory) -> None:
    assert acts(memory)[-1].startswith("3 sessions imported, ")


def test_an_undoing_and_what_it_undid_know_each_other(memory: Memory) -> None:
    edit = memory.marks.add_tag([1, 2], "review")
    memory.marks.set_pinned([1], True)
    undone = memory.marks.undo(edit)
    memory.marks.undo(undone)
    tag, _, undo, redo = memory.audit.acts()[-4:]
    assert (undo.undoes, tag.undone_by) == (tag.first, undo.first)
    assert (redo.undoes, undo.undone_by) == (undo.first, redo.first)
    assert acts(memory)[-2] == "Undone: tag “review” taken from 2 episodes"


def test_filters_find_by_title_number_and_text(memory: Memory) -> None:
    memory.marks.add_tag([1], "review")
    memory.marks.set_pinned([2], True)
    assert acts(memory, AuditFilter(title="shelf", action="tag")) == [
        "Tag “review” put on “Sort the shelf”"
    ]
    assert acts(memory, AuditFilter(title="2", action="pin")) == ["“Paint the door” pinned"]
    assert len(acts(memory, AuditFilter(text="review"))) == 1
    assert len(acts(memory, AuditFilter(text="PAINT the door", action="pin"))) == 1
    assert acts(memory, AuditFilter(text="100%")) == []


def test_the_history_of_an_episode_has_the_recalls_that_gave_it(memory: Memory) -> None:
    memory.recall.prepare()
    recall = memory.recall.ask("sort the shelf")
    assert recall.hits[0].episode.id == 1
    history = acts(memory, AuditFilter(episode_id=1))
    assert history[-1].startswith("Recall of “sort the shelf” gave")
    assert any("imported" in each for each in history)


def test_all_who_acted_and_all_they_did_can_be_chosen(memory: Memory) -> None:
    memory.marks.set_pinned([1, 2], True)
    choices = memory.audit.choices()
    assert dict(choices.actions)["pin"] == 2 and "import" in dict(choices.actions)
    assert dict(choices.actors) == {"person": memory.audit.count()}


def test_a_report_for_people_tells_acts_and_runs_nothing(memory: Memory, tmp_path: Path) -> None:
    memory.marks.add_tag([1, 2], "<script>alert(1)</script>")
    exported = memory.audit.export(tmp_path / "log.html", "html")
    page = (tmp_path / "log.html").read_text("utf-8")
    assert exported.whole and exported.rows == memory.audit.count() - 1
    assert "Tag “&lt;script&gt;alert(1)&lt;/script&gt;” put on 2 episodes" in page
    assert "<script" not in page and "default-src 'none'" in page
    assert "<li>Tag “&lt;script&gt;alert(1)&lt;/script&gt;” put on “Sort the shelf”</li>" in page
    assert "part of the log" not in page


@pytest.mark.parametrize("form", ["jsonl", "csv", "html"])
def test_a_part_of_the_log_is_said_to_be_one(memory: Memory, tmp_path: Path, form: str) -> None:
    memory.marks.set_pinned([1], True)
    exported = memory.audit.export(tmp_path / "part", form, AuditFilter(action="pin"))
    assert not exported.whole and exported.rows == 1
    (_, row) = memory.audit.page()[-2:]
    assert json.loads(row.detail)["filtered"] is True
    if form == "html":
        page = (tmp_path / "part").read_text("utf-8")
        assert "This is a part of the log" in page and "<dt>Only</dt><dd>Pinned</dd>" in page


def test_a_checkpoint_says_how_long_the_log_was_and_how_it_ended(
    memory: Memory, tmp_path: Path
) -> None:
    rows = memory.audit.count()
    saved = tmp_path / "point.txt"
    assert memory.audit.export(saved, "checkpoint", AuditFilter(actor="x")).whole
    point = read_note(saved.read_text("utf-8")).point
    assert (point.rows, point.root) == (rows, memory.internals.log.tree.root(rows))
    assert memory.audit.verify(against=saved.read_text("utf-8")).reason == ""
