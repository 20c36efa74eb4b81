from __future__ import annotations

import copy
import json
import time
from pathlib import Path

import pytest

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.steps.times import micros
from hpm_engine.ingest.web_exports.html_text import html_text
from hpm_engine.ingest.web_exports.zoned_times import is_time, zoned_time
from hpm_engine.memory import open_memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import EpisodeQuery, PartKind, StepFlag, StepSource
from tests.support.files.real_zoo import wrong_units
from tests.support.files.trace_sources import document, memory_source, read_all, read_one, shown
from tests.support.files.web_export_files import (
    CHATGPT,
    CLAUDE_AI,
    GEMINI_APPS,
    PAGE,
    cell,
    chatgpt,
    page,
)

MARCH_4 = "2026-03-04T21:08:31Z"


def said(steps: list[StepDraft], source: StepSource) -> list[str]:
    return [
        part.text
        for step in steps
        for part in step.parts
        if step.source is source and part.kind is PartKind.MESSAGE and not step.flags
    ]


def test_an_answer_of_chatgpt_has_its_thoughts_calls_and_results() -> None:
    (episode, steps), _ = read_all(document(CHATGPT))
    assert (episode.format, episode.key, episode.title) == ("chatgpt", "c-1", "Sacks")
    assert (episode.model, episode.task) == ("o-9", "How many sacks are there?")
    context, prompt, answer, *rest = steps
    assert context.flags & StepFlag.INJECTED
    assert context.parts[0].text == "Speak like a miller."
    assert shown([prompt])[0] == [
        ("message", "How many sacks are there?"),
        ("message", "[image: file-service://f-1]"),
        ("message", "[file: sacks.csv]"),
    ]
    assert shown([answer]) == [
        [
            ("reasoning", "Sacks\nI count."),
            ("call", "len(sacks)"),
            ("result", "NameError"),
            ("message", "Seven."),
        ]
    ]
    assert answer.flags == StepFlag.ERROR
    assert answer.parts[1].name == "python"
    assert said(rest, StepSource.USER) == ["Whose are they?"]
    assert episode.ended_at == micros("2026-01-01T00:00:25Z")


def test_a_question_that_was_edited_is_a_branch(tmp_path: Path) -> None:
    source = tmp_path / "conversations.json"
    source.write_text(json.dumps(CHATGPT))
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        report = memory.import_paths([source])
        assert (report.episodes_added, report.branches) == (2, 1)
        found = memory.episodes.find(EpisodeQuery(text='"are you sure"'))
        (branch,) = memory.episodes.get(found.window(0, 2))
        detail = memory.episodes.detail(branch.id)
        assert [link.name for link in detail.branches] == ["Sacks"]
        own = [s for s in memory.steps.read(branch.id) if not s.flags & StepFlag.COPIED]
        assert [step.parts[0].text for step in own] == ["Are you sure?", "No."]
        (file,) = report.files
        assert file.account is not None
        assert (file.account.read, file.account.unknown) == (1, ())
        assert file.account.passed_over == (("a conversation in which nothing was said", 1),)
        assert memory.import_paths([source]).episodes_added == 0


def test_without_a_current_node_the_latest_leaf_is_live() -> None:
    value = copy.deepcopy(CHATGPT)
    nodes = value[0]["mapping"]
    value[0]["mapping"] = dict(sorted(nodes.items(), reverse=True))  # in no order of time
    for lost in ("gone", None):
        value[0]["current_node"] = lost
        (_, steps), _ = read_all(document(value))
        assert said(steps, StepSource.USER)[-1] == "Whose are they?"


def test_an_image_that_a_tool_painted_is_its_result() -> None:
    value = copy.deepcopy(CHATGPT)
    value[0]["mapping"]["r1"]["message"]["content"] = {
        "content_type": "multimodal_text",
        "parts": [{"content_type": "image_asset_pointer", "asset_pointer": "sediment://x"}],
    }
    (_, steps), _ = read_all(document(value))
    assert ("result", "[image: sediment://x]") in shown(steps)[2]


def test_rings_lost_parents_and_many_branches_end() -> None:
    nodes = {"a": chatgpt("a", "b", "user", 1.5, "A"), "b": chatgpt("b", "a", "user", 1.5, "B")}
    (_, steps) = read_one(document([{"mapping": nodes, "create_time": 1.5, "id": "x"}]))
    assert len(steps) == 2
    nodes = {f"n{n}": chatgpt(f"n{n}", f"n{n - 1}", "user", n + 1.5, "A") for n in range(15_000)}
    nodes |= {f"l{n}": chatgpt(f"l{n}", f"n{n}", "user", 5.5, f"L{n}") for n in range(15_000)}
    source = document([{"mapping": nodes, "create_time": 1.5, "id": "x"}])
    started = time.monotonic()
    episodes = read_all(source)
    assert time.monotonic() - started < 4
    assert 1 < len(episodes) <= 100
    assert sum(count for _, count in source.account.sums().unknown) > 10_000


def test_claude_ai_reads_content_and_not_its_flattened_text() -> None:
    (episode, steps), (branch, others) = read_all(document(CLAUDE_AI))
    assert (episode.format, episode.key, episode.title) == ("claude-ai", "k-1", "The mill")
    assert [part.text for part in steps[0].parts] == [
        "Grind the corn",
        "[file: corn.csv]\nrye,3",
        "[file: mill.png]",
    ]
    assert [kind for kind, _ in shown(steps)[1]] == [
        "reasoning",
        "message",
        "call",
        "result",
        "message",
    ]
    assert steps[1].flags == StepFlag.ERROR
    assert shown(steps)[3] == [("message", "Now it turns.")]
    assert branch.key == "k-1"
    assert shown(others)[3] == [("message", "Still stuck.")]
    assert steps[0].at == micros("2026-02-03T04:05:01.5Z")


def test_older_messages_of_claude_ai_have_only_text_and_no_parents() -> None:
    value = copy.deepcopy(CLAUDE_AI)
    for message in value[0]["chat_messages"]:
        del message["content"], message["parent_message_uuid"]
    (_, steps) = read_one(document(value))
    assert [step.parts[0].text for step in steps] == [
        "Grind the corn",
        "I grind.",
        "Again",
        "Still stuck.",
        "Now it turns.",
    ]


def test_each_prompt_in_a_takeout_is_an_episode() -> None:
    (new, answered), (old, unanswered) = read_all(memory_source(PAGE, "MyActivity.html"))
    assert (new.format, new.task) == ("gemini-apps", "Why ?")
    assert shown(answered) == [
        [("message", "Why <b>?")],
        [("message", "Because & so:\n\nif corn:\n    grind()\n\n- one\n\n- two")],
    ]
    assert answered[0].at == micros(MARCH_4)
    assert [step.source for step in unanswered] == [StepSource.USER]
    assert unanswered[0].at == micros("2026-03-03T15:00:00Z")
    assert old.key != new.key
    assert PAGE[new.raw_start :].startswith(b'<div class="outer-cell')
    assert PAGE[new.raw_start + new.raw_size :].startswith(b'<div class="outer-cell')


def test_pages_in_other_languages_are_read_too() -> None:
    german = cell("Gemini-Apps", "Eingabe:&nbsp;Wozu?<br>04.03.2026, 22:08:31 MEZ<br><p>Darum.</p>")
    odd = cell("Gemini", "Demand\u00e9&nbsp;Quoi&nbsp;?<br>4 mars 2026, 22:08:31 XYZ<br>Rien.")
    (_, first), (_, second) = read_all(memory_source(page(german, odd), "a.html"))
    assert [step.at for step in first] == [micros(MARCH_4)] * 2
    assert shown(second) == [[("message", "Quoi\u00a0?")], [("message", "Rien.")]]
    assert [step.at for step in second] == [None, None]  # nobody knows that zone


def test_activities_as_json() -> None:
    source = document(GEMINI_APPS)
    episode, steps = read_one(source)
    assert shown(steps) == [[("message", "Why?")], [("message", "Because.")]]
    assert episode.task == "Why?"
    assert source.account.sums().passed_over == (("an activity that is no prompt", 2),)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("May 4, 2026, 8:00:00\u202fPM UTC", "2026-05-04T20:00:00Z"),
        ("May 4, 2026, 12:30:01 AM GMT+02:00", "2026-05-03T22:30:01Z"),
        ("4 May 2026, 20:00:00 BST", "2026-05-04T19:00:00Z"),
        ("4. Dez. 2026, 20:00:00 MEZ", "2026-12-04T19:00:00Z"),
        ("2026/05/04 20:00:00 JST", "2026-05-04T11:00:00Z"),
        ("2026-05-04T20:00:00Z", "2026-05-04T20:00:00Z"),
        ("31 Feb 2026, 20:00:00 UTC", None),
        ("05/04/2026, 20:00:00 UTC", None),
        ("May 4, 2026, 8:00:00 PM ZZZ", None),
    ],
)
def test_times_of_pages(text: str, moment: str | None) -> None:
    assert is_time(text)
    assert zoned_time(text) == (micros(moment) if moment else None)


@pytest.mark.parametrize("piece", ["<", "<p", "&", "&#", "<br>", "<!--", "a<b ", "\u00a0"])
def test_hostile_pages_take_no_time(piece: str) -> None:
    started = time.monotonic()
    html_text(piece * 300_000)
    data = page(cell("Gemini Apps", piece * 100_000), cell("Gemini", "x"))
    source = memory_source(data, "a.html")
    consumed(source)
    assert time.monotonic() - started < 4


def consumed(source: SourceFile) -> list[EpisodeDraft]:
    try:
        return [episode for episode, _ in read_all(source)]
    except CannotImport:
        return []


@pytest.mark.parametrize("kind", ["chatgpt-export", "gemini-takeout"])
def test_real_exports_are_read_right(kind: str) -> None:
    assert wrong_units(kind) == {}


def test_a_real_export_of_claude_ai_is_read_right() -> None:
    assert not {name for name in wrong_units("claude-ai-export") if "conversations" in name}
