"""What searches find in a real store, against a plain reading of what they mean."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from pathlib import Path as File

import msgspec
import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from hpm_engine import errors
from hpm_engine.config import EXPRESSION_SECONDS, EXPRESSION_STEPS
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.query import as_text, describe, parse
from hpm_engine.query.grammar import both, either, negated
from hpm_engine.query.nodes import (
    And,
    Date,
    FieldIs,
    Near,
    Node,
    Not,
    Or,
    Path,
    Range,
    Regex,
    State,
    Text,
    on_steps,
)
from hpm_engine.store.search import regex_scan
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import EpisodeQuery, Outcome, Part, PartKind, StepFlag, StepSource
from tests.support.written_episodes import write

WORDS = ("ant", "bee", "cat")
PATHS = ("src/ant.py", "lib/bee.py")
DAY = 86_400_000_000
NOW = 1_767_225_600_000_000  # 2026-01-01
NEAREST = {"pets": ((1, 0), (3, 1))}  # episode and position of the steps near to a text


class Shown(msgspec.Struct, frozen=True):
    """One step of the small store: what it says, and the tool, path and failure of its call."""

    said: str
    tool: str = ""
    path: str = ""
    failed: bool = False


# Every combination of words somewhere, alone and together, spread over few episodes.
EPISODES: tuple[tuple[dict[str, object], tuple[Shown, ...]], ...] = (
    ({"project": "zoo", "outcome": "success"}, (Shown("ant bee"), Shown("cat", "bash"))),
    ({"project": "Zoo", "agent": "x"}, (Shown("ant"), Shown("bee cat", "edit", "src/ant.py"))),
    ({"project": "50%_a", "parent_key": "0"}, (Shown("cat ant"), Shown("ants", "bash"))),
    ({"agent": "x", "outcome": "failure"}, (Shown("bee", "bash", "lib/bee.py", failed=True),)),
    ({"project": "zoo 2", "model": "m-1"}, (Shown("ant cat bee", "Edit", "lib/bee.py"),)),
    ({"model": "M-2", "project": "zoo"}, (Shown("nothing"), Shown("dog"), Shown("bee ant"))),
    ({"started_at": None}, (Shown("cat"),)),
)


def nearest(text: str, episodes: Sequence[int] | None) -> list[int]:
    nearest = NEAREST.get(text, ())
    return [e << 24 | seq for e, seq in nearest if episodes is None or e in episodes]


def drafted(number: int, shown: Shown) -> StepDraft:
    parts = [Part(PartKind.MESSAGE, shown.said)]
    if shown.tool:
        parts.append(Part(PartKind.CALL, f'{{"file": "{shown.path}"}}', shown.tool, "c"))
    flags = StepFlag.ERROR if shown.failed else StepFlag.NONE
    at = None if shown.said == "cat" and not shown.tool else NOW - number * DAY
    return StepDraft(StepSource.AGENT, tuple(parts), at, flags, "", 100 * number)


@pytest.fixture(scope="module")
def zoo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Memory]:
    path: File = tmp_path_factory.mktemp("zoo") / "zoo.hpm"
    with open_memory(path, create=True) as memory:
        for number, (fields, steps) in enumerate(EPISODES):
            known = {name: value for name, value in fields.items() if name != "started_at"}
            drafts = [drafted(number, step) for step in steps]
            write(memory, drafts, key=str(number), **known)  # type: ignore[arg-type]
        memory.marks.set_pinned([2, 5], True)
        memory.marks.add_tag([1, 6], "Red")
        memory.internals.finder.near = nearest
        yield memory


def run(memory: Memory, text: str, **filters: object) -> list[int]:
    results = memory.episodes.find(EpisodeQuery(text=text, descending=False, **filters))  # type: ignore[arg-type]
    return sorted(results.window(0, len(results)))


# -- what searches mean, read plainly ------------------------------------------------------------


def texts(step: Shown) -> list[str]:
    return [step.said, *([f'{{"file": "{step.path}"}}'] if step.tool else [])]


def tokens(text: str) -> list[str]:
    return regex.findall(r"[^\W_]+", text.lower())


def holds(wanted: Text | Path, text: str) -> bool:
    want, have = tokens(wanted.value), tokens(text)
    if not want:
        return False
    for start in range(len(have) - len(want) + 1):
        window = have[start : start + len(want)]
        last = window[-1].startswith(want[-1]) if wanted.prefix else window[-1] == want[-1]
        if window[:-1] == want[:-1] and last:
            return True
    return False


def of_step(node: Node, step: Shown | None) -> bool:
    """Whether a step meets a condition on texts; ``None`` is a step without any text."""
    match node:
        case Text():
            return step is not None and (
                holds(node, step.said)
                or (bool(step.tool) and holds(node, f"{step.tool}\n{texts(step)[1]}"))
            )
        case Path():
            return (
                step is not None
                and bool(step.tool)
                and holds(node, f"{step.tool}\n{texts(step)[1]}")
            )
        case Regex(pattern):
            return step is not None and any(regex.search(pattern, text) for text in texts(step))
        case Not(item):
            return not of_step(item, step)
        case And(items):
            return all(of_step(item, step) for item in items)
        case Or(items):
            return any(of_step(item, step) for item in items)
    raise AssertionError(node)


def meets(node: Node, row: object, steps: Sequence[Shown]) -> bool:
    """Whether an episode meets a condition."""
    if on_steps(node) and not of_step(node, None):
        return any(of_step(node, step) for step in steps)
    match node:
        case Not(item):
            return not meets(item, row, steps)
        case Or(items):
            return any(meets(item, row, steps) for item in items)
        case And(items):
            together = And(tuple(item for item in items if on_steps(item)))
            if together.items and not of_step(together, None):
                rest = [item for item in items if not on_steps(item)]
                return meets(together, row, steps) and all(meets(i, row, steps) for i in rest)
            return all(meets(item, row, steps) for item in items)
        case Near(text):
            return any(episode == row.id for episode, _ in NEAREST.get(text, ()))  # type: ignore[attr-defined]
    return of_row(node, row)


def of_row(node: Node, row: object) -> bool:
    values = {name: getattr(row, name) for name in ("id", "project", "agent", "model", "outcome")}
    fields, steps = EPISODES[values["id"] - 1]
    match node:
        case FieldIs("tool", value, pattern):
            return any(like(value, step.tool, pattern) for step in steps if step.tool)
        case FieldIs("tag", value, pattern):
            return any(like(value, tag, pattern) for tag in row.tags)  # type: ignore[attr-defined]
        case FieldIs(field, value, pattern):
            return like(value, str(values[field]), pattern)
        case State(_, value):
            return {
                "pinned": row.pinned,  # type: ignore[attr-defined]
                "subagent": "parent_key" in fields,
                "error": any(step.failed for step in steps),
                "subagents": values["id"] == 1,
            }[value]
        case Range():
            figure = {
                "steps": len(steps),
                "errors": sum(step.failed for step in steps),
                "tokens": row.tokens_in + row.tokens_out,  # type: ignore[attr-defined]
                "cost": None,
            }[node.field]
            return figure is not None and inside(figure, node)
        case Date(field, moment):
            started = row.started_at  # type: ignore[attr-defined]
            at = {"2025-12-30": NOW - 2 * DAY, "2026": NOW}[moment]
            return started is not None and (started >= at if field == "after" else started < at)
    raise AssertionError(node)


def inside(figure: float, node: Range) -> bool:
    low, high = node.low, node.high
    above = low is None or (figure > low if node.low_open else figure >= low)
    below = high is None or (figure < high if node.high_open else figure <= high)
    return above and below


def like(value: str, text: str, pattern: bool) -> bool:
    if not pattern:
        return value.lower() == text.lower()
    pieces = ".*".join(map(regex.escape, value.lower().split("*")))
    return regex.fullmatch(pieces, text.lower()) is not None


# -- searches at random --------------------------------------------------------------------------

LEAVES = st.one_of(
    st.builds(Text, st.sampled_from([*WORDS, "ant bee", "an", "bash", "!!"]), st.booleans()),
    st.builds(Path, st.sampled_from([*PATHS, "ant.py"]), st.booleans()),
    st.builds(Regex, st.sampled_from(["^ant", "b.e", "ant|dog", r"src/\w+", "zz"])),
    st.builds(Near, st.sampled_from(["pets", "stones"])),
    st.builds(FieldIs, st.just("project"), st.sampled_from(["zoo", "zoo 2", "50%_a", "none"])),
    st.builds(FieldIs, st.just("project"), st.sampled_from(["zo*", "*_*", "*%*"]), st.just(True)),
    st.builds(FieldIs, st.just("tool"), st.sampled_from(["bash", "edit", "none"])),
    st.builds(FieldIs, st.sampled_from(["tag", "model"]), st.sampled_from(["red", "m-2"])),
    st.builds(FieldIs, st.just("outcome"), st.sampled_from(["success", "unknown"])),
    st.sampled_from([State("is", "pinned"), State("is", "subagent")]),
    st.sampled_from([State("has", "error"), State("has", "subagents")]),
    st.builds(Range, st.sampled_from(["steps", "errors", "tokens", "cost"]), st.just(2.0)),
    st.builds(Range, st.just("tokens"), st.just(100.0), st.just(900.0)),
    st.builds(Range, st.just("steps"), st.none(), st.just(2.0), st.just(False), st.booleans()),
    st.builds(Date, st.sampled_from(["after", "before"]), st.sampled_from(["2025-12-30", "2026"])),
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=4).map(both),
        st.lists(inner, min_size=2, max_size=3).map(either),
        inner.map(negated),
    ),
    max_leaves=8,
)


@settings(max_examples=400)
@given(NODES)
def test_any_search_finds_what_it_means(zoo: Memory, node: Node) -> None:
    text = describe(node)
    assert parse(text) == node
    rows = zoo.episodes.get(range(1, len(EPISODES) + 1))
    meant = [row.id for row in rows if meets(node, row, EPISODES[row.id - 1][1])]
    assert run(zoo, text) == meant
    for row in rows:  # where it is found is answered for every search and every episode
        assert set(zoo.steps.matching(row.id, text)) <= set(range(row.steps))


# -- particular searches -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("ant bee", [1, 2, 5, 6]),  # in one step
        ("ant -bee", [2, 3]),  # some step has ant without bee
        ("-ant", [4, 7]),  # no step has ant
        ("cat -ant project:zoo*", [1]),
        ("project:zoo -dog", [1, 2]),
        ("(ant or bee) cat", [2, 3, 5]),
        ("dog or is:pinned", [2, 5, 6]),
        ("has:subagents or is:subagent", [1, 3]),
        ("tool:bash -has:error", [1, 3]),
        ("path:bee.py", [4, 5]),
        ("path:src/a*", [2]),
        ("near:pets", [1, 3]),
        ("near:pets -tag:red", [3]),
        ("bee re:^ant", [1, 5]),
        ("-re:ant is:pinned", []),
        ("!!!", []),
        ("cost:>0 or -cost:>0", [1, 2, 3, 4, 5, 6, 7]),
        ("before:2025-12-30", [4, 5, 6]),
    ],
)
def test_examples(zoo: Memory, text: str, ids: list[int]) -> None:
    assert run(zoo, text) == ids


def test_hits_are_the_steps_that_hold_what_was_asked_for(zoo: Memory) -> None:
    assert zoo.steps.matching(2, "ant -bee") == [0]
    assert zoo.steps.matching(2, "(ant or bee) project:none") == [0, 1]
    assert zoo.steps.matching(2, "-ant") == zoo.steps.matching(2, "is:pinned") == []
    assert zoo.steps.matching(3, "near:pets cat") == [0, 1]
    assert zoo.steps.matching(5, "re:bee$") == [0]
    assert zoo.episodes.find(EpisodeQuery(text="ant")).hits == 6
    assert zoo.episodes.find(EpisodeQuery(text="ant is:pinned")).hits == 3
    assert zoo.episodes.find(EpisodeQuery(text="ant or dog")).hits == 7
    assert zoo.episodes.find(EpisodeQuery(text="is:pinned")).hits == 0


def test_nearness_is_asked_for_in_what_the_rest_leaves(
    zoo: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Sequence[int] | None] = []

    def near(text: str, episodes: Sequence[int] | None) -> list[int]:
        asked.append(episodes)
        return []

    monkeypatch.setattr(zoo.internals.finder, "near", near)
    run(zoo, "near:x is:pinned")
    run(zoo, "near:x or is:pinned")
    run(zoo, "near:x", project="zoo")
    assert [episodes and sorted(episodes) for episodes in asked] == [[2, 5], None, [1, 6]]


def test_relative_moments_are_seen_from_now(memory: Memory) -> None:
    now = time.time_ns() // 1000
    for number, age in enumerate((3_600, 40 * 3_600, 300 * 3_600)):
        at = now - age * 1_000_000
        write(memory, [StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, "x"),), at)], str(number))
    assert run(memory, "after:2h") == [1]
    assert run(memory, "before:1d after:1w") == [2]
    assert run(memory, "before:1w") == [3]
    recent = run(memory, "after:yesterday")
    assert 1 in recent and 3 not in recent


def test_filters_and_the_same_said_in_words_agree(zoo: Memory) -> None:
    for query in (
        EpisodeQuery(text="ant", project="zoo", top_level=True),
        EpisodeQuery(outcome=Outcome.UNKNOWN, has_error=False),
        EpisodeQuery(text="ant or bee", tag="Red", pinned=False),
        EpisodeQuery(has_error=True, agent="x"),
    ):
        results = zoo.episodes.find(query)
        ids = set(results.window(0, len(results)))
        same = set(run(zoo, as_text(query)))
        assert ids and ids <= same  # a filter tells capitals from small letters
    assert as_text(EpisodeQuery(text=" a  OR b ")) == "a  OR b"
    assert as_text(EpisodeQuery(text="a or b", project="my zoo")) == '(a or b) project:"my zoo"'


def test_without_an_encoder_near_says_so(memory: Memory) -> None:
    with pytest.raises(errors.BadQuery, match="Run hpm encode"):
        memory.episodes.find(EpisodeQuery(text='near:"a"'))


# -- the limits of expressions -------------------------------------------------------------------


def test_a_slow_expression_is_stopped_with_a_reason(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(memory, [StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, "a" * 5_000 + "b"),), 1)])
    monkeypatch.setattr(regex_scan, "_ONE_TEXT_S", 0.05)
    with pytest.raises(errors.BadQuery, match=r"takes longer than 0\.05 s for one text"):
        run(memory, "re:(a+)+$")
    monkeypatch.setattr(regex_scan, "EXPRESSION_SECONDS", EXPRESSION_SECONDS._replace(value=0.01))
    with pytest.raises(errors.BadQuery, match="was stopped"):
        run(memory, "re:(a+)+$")


def test_too_many_steps_are_refused_until_the_search_is_narrowed(
    zoo: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regex_scan, "EXPRESSION_STEPS", EXPRESSION_STEPS._replace(value=4))
    with pytest.raises(errors.BadQuery, match="more than 4 steps"):
        run(zoo, "re:ant")
    assert run(zoo, "re:ant is:pinned") == [2, 5]
    assert run(zoo, "dog re:d.g") == [6]


def test_an_expression_can_be_cancelled(zoo: Memory) -> None:
    job = Job()
    job.cancel()
    with pytest.raises(errors.Cancelled):
        zoo.episodes.find(EpisodeQuery(text="re:ant"), job)


def test_a_search_at_every_limit_at_once_still_runs(zoo: Memory) -> None:
    wide = " ".join(f"w{number}" for number in range(100))
    assert run(zoo, wide) == [] and run(zoo, wide.replace(" ", " or ")) == []
    nested = "ant"
    for number in range(39):
        nested = f"({nested}) {'or' if number % 2 else ''} bee"
    assert len(run(zoo, nested)) > 0
    fields = " or ".join(f"(project:p{number} -is:pinned)" for number in range(50))
    assert run(zoo, fields) == []
