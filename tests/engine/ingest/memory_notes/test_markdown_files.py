"""Memories that are Markdown files: each kind by its folder, its names or its front matter."""

from __future__ import annotations

from pathlib import Path

import pytest

from hpm_engine.ingest.memory_notes.front_matter import read_markdown
from hpm_engine.ingest.memory_notes.kinds import note_reader
from hpm_engine.ingest.memory_notes.links import links
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.values.memory_notes import MemoryNoteDraft, NoteAuthor
from tests.support.files.trace_sources import memory_source

AGENT, PERSON = NoteAuthor.AGENT, NoteAuthor.PERSON
THREAD = "1b6f4a02-77aa-4c1e-9d3e-5f0a1b2c3d4e"
FRONT = "---\nname: kiln\ndescription: of the kiln\ntype: feedback\n---\nFire slowly.\n"
FILES = {
    "/r/CLAUDE.md": ("Use tabs.\n", "instructions", PERSON),
    "/r/CLAUDE.local.md": ("Mine.\n", "instructions", PERSON),
    "/r/AGENTS.md": ("# Rules\n", "instructions", PERSON),
    "/r/.claude/rules/kiln/heat.md": ("Slowly.\n", "instructions", PERSON),
    "/h/projects/-r-kiln/memory/MEMORY.md": ("- [a](a.md)\n", "claude-code-memory", AGENT),
    "/h/projects/-r-kiln/memory/deep/a.md": ("No front matter.\n", "claude-code-memory", AGENT),
    "/r/memory/topics/kiln.md": (FRONT, "claude-code-memory", AGENT),
    "/r/.claude/agent-memory/tester/MEMORY.md": ("- a\n", "claude-code-agent-memory", AGENT),
    "/h/.codex/memories/MEMORY.md": ("# Task group: kiln\n", "codex-memories", AGENT),
    "/x/memories/raw_memories.md": (f"thread_id: {THREAD}\n", "codex-memories", AGENT),
    "/h/memories/MEMORY.md": ("One.\n§\nTwo.\n", "hermes-memory", AGENT),
    "/h/memories/USER.md": ("Only one.\n", "hermes-memory", AGENT),
    "/h/.letta/agents/a1/memory/system/human.md": ("Hi\n", "letta-memfs", AGENT),
    "/n/a.md": ("---\ntitle: A\npermalink: a\n---\nB\n", "basic-memory", AGENT),
    "/n/b.md": ("- [idea] fire twice\n\nSee [[Glaze]].\n", "basic-memory", AGENT),
    "/o/a.md": ("---\ntype: Concept\ntitle: A\n---\nB\n", "okf", AGENT),
    "/r/.qoder/rules/heat.md": ("Slowly.\n", "instructions", PERSON),
    "/r/AGENTS.local.md": ("Mine.\n", "instructions", PERSON),
    "/h/.qoder/memories/u1/kiln/rule.md": ("Slowly.\n", "qoder-memories", AGENT),
}
ORDINARY = {
    "/r/README.md": "# Kiln\n\n- [x] built\n- [ ] fired\n",
    "/r/docs/index.md": "# Kiln\n\nThis is a kiln. See [more](more.md).\n",
    "/r/post.md": "---\ntitle: A\n---\nB\n",
    "/r/CLAUDE.txt": "Use tabs.\n",
    "/r/memory/usage.md": "How much memory it takes.\n",
}


def note(text: str, name: str) -> MemoryNoteDraft:
    source = memory_source(text.encode(), name)
    reader = note_reader(source)
    assert reader is not None
    (draft,) = reader.notes(source)
    return draft


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("form", ["plain", "CRLF", "BOM", "relative", "Windows"])
def test_each_kind_is_known_and_its_text_kept_as_it_is(name: str, form: str) -> None:
    text, store, author = FILES[name]
    text = {"CRLF": text.replace("\n", "\r\n"), "BOM": f"\ufeff{text}"}.get(form, text)
    path = {"relative": f"x{name}", "Windows": f"C:{name}".replace("/", "\\")}.get(form, name)
    draft = note(text, path)
    assert (draft.store, draft.author, draft.text) == (store, author, text)


@pytest.mark.parametrize("name", ORDINARY)
def test_other_markdown_is_no_note(name: str) -> None:
    assert note_reader(memory_source(ORDINARY[name].encode(), name)) is None
    assert note_reader(memory_source(b"", "/r/CLAUDE.md")) is None


def test_front_matter_names_types_and_dates_a_note() -> None:
    draft = note(FRONT, "/h/projects/-r-kiln/memory/kiln.md")
    assert (draft.title, draft.type, draft.scope) == ("kiln", "feedback", "-r-kiln")
    newer = (
        "---\nname: glaze\ndescription: 'it''s ''blue'''\nmetadata:\n  node_type: memory\n"
        f"  type: project\n  originSessionId: {THREAD}\n---\nBlue.\n"
    )
    draft = note(newer, "/h/projects/-r-kiln/memory/glaze.md")
    assert (draft.type, draft.sessions) == ("project", (THREAD,))
    okf = "---\ntype: Concept\ntitle: A\ntags: [a, b]\ntimestamp: 2026-05-04T08:00:00Z\n---\nB\n"
    assert note(okf, "/o/a.md").changed_at == 1_777_881_600_000_000


def test_a_summary_of_codex_names_its_session_and_folder() -> None:
    text = f"thread_id: {THREAD}\nupdated_at: 2026-05-04T09:00:00+00:00\ncwd: /r/kiln\n\n# Hot\n"
    draft = note(text, "/h/.codex/memories/rollout_summaries/hot.md")
    assert (draft.sessions, draft.scope, draft.title) == ((THREAD,), "/r/kiln", "Hot")
    assert draft.changed_at == 1_777_885_200_000_000


def test_instructions_are_for_the_folder_in_which_they_lie() -> None:
    assert note("a\n", "/r/kiln/CLAUDE.md").scope == "/r/kiln"
    assert note("a\n", "/r/kiln/.claude/rules/a.md").scope == "/r/kiln"
    assert note("a\n", "/home/u/.claude/CLAUDE.md").scope == ""
    assert note("a\n", "/r/AGENTS.md").agent == ""


def test_links_are_what_a_note_leads_to_in_its_own_store() -> None:
    text = "[a](a.md#top), [[Row Format|rows]], [web](https://x.y), ![p](p.png)\n@~/more.md\n"
    assert links(text) == ("a.md", "[[Row Format]]", "@~/more.md")


def test_front_matter_that_does_not_end_is_text() -> None:
    for text in ("---\nname: a\n", "---\n" + "a: b\n" * 20_000 + "---\n", "--- \n"):
        assert not read_markdown(text).has_front
    odd = read_markdown("---\n- a\n  b\nc: |\n  d\n  e\n? f\n g: h\n---\nx")
    assert (odd.front["c"], odd.body) == ("d e g: h", "x")


def test_bytes_that_are_no_text_are_told_with_their_place_and_the_note_is_read() -> None:
    source = memory_source(b"# Kiln\nUse \xff tabs.\n", "/r/CLAUDE.md")
    reader = note_reader(source)
    assert reader is not None
    (only,) = reader.notes(source)
    assert only.text == "# Kiln\nUse \ufffd tabs.\n"
    (place,) = source.account.sums().places
    assert (place.place, place.start, place.mended) == ("line 2", 7, False)


def test_files_of_a_bundle_are_known_by_its_index(tmp_path: Path) -> None:
    for name, text in {
        "index.md": "# B\n\n- [A](things/a.md) — a thing\n",
        "log.md": "# Log\n\n## 2026-05-04\n- made\n",
        "things/a.md": "---\ntype: Thing\n---\nA.\n",
        "things/soft.md": "---\ntitle: Soft\n---\nB.\n",
        "things/plain.md": "Nothing of the kind.\n",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    read = {
        Path(source.name).name
        for source in walk([tmp_path])
        if isinstance(source, SourceFile) and note_reader(source)
    }
    assert read == {"index.md", "log.md", "a.md", "soft.md"}


QODER = (
    '---\ntitle: "NET: the stack"\nusage_scenario: ["coding", "review"]\n'
    'keywords:\n    - "net"\n    - "kiln"\n---\n\nNET 8.\n'
)


@pytest.mark.parametrize(
    ("place", "scope", "type_"),
    [
        ("global/user_communication/style.md", "", "user_communication"),
        (
            "projects/-r-work-kiln/project_tech_stack/n.md",
            "-r-work-kiln",
            "project_tech_stack",
        ),
        (
            "projects/Users-ida-kiln/project_tech_stack/n.md",
            "-Users-ida-kiln",
            "project_tech_stack",
        ),
        ("projects/c--work-kiln/tool_experience/n.md", "c--work-kiln", "tool_experience"),
        ("projects/-r-work-kiln/note.md", "-r-work-kiln", ""),
    ],
)
def test_a_memory_of_qoder_has_its_project_and_its_category(
    place: str, scope: str, type_: str
) -> None:
    draft = note(QODER, f"/h/.qoder/memories/019f8e2a/{place}")
    assert (draft.store, draft.agent, draft.title) == ("qoder-memories", "Qoder", "NET: the stack")
    assert (draft.scope, draft.type, draft.text) == (scope, type_, QODER)


def test_instructions_for_qoder_are_for_it_and_for_their_folder() -> None:
    drafts = [
        note("Slowly.\n", name)
        for name in ("/r/.qoder/rules/deep/heat.md", "/r/AGENTS.local.md", "/h/.qoder/AGENTS.md")
    ]
    assert [(draft.agent, draft.scope) for draft in drafts] == [
        ("Qoder", "/r"),
        ("Qoder", "/r"),
        ("", ""),
    ]
