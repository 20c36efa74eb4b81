from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from hpm_engine import (
    AgeingSettings,
    Budget,
    Cancelled,
    EpisodeQuery,
    Evicted,
    Job,
    Memory,
    Originals,
    Part,
    PartKind,
    StepFlag,
    StepSource,
    Tier,
    open_memory,
)
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.store.ledger_text import LEDGER, ledger_words
from hpm_engine.values.drafts import StepDraft
from tests.support.patched_sessions import PATCH, add, drafts

EVICT = AgeingSettings(newest=0, originals=Originals.EVICTED)
SENTINEL = "zyzzogetonsentinel"  # one word: an index may share the beginning of two


def wordy(seed: int) -> tuple[StepDraft, ...]:
    """A session with a word, said once in the middle, that no budget keeps."""
    steps = list(drafts(40, seed))
    noise = "\n".join(f"line {n} of nothing in particular" for n in range(40))
    part = Part(PartKind.RESULT, f"{noise}\n  {SENTINEL} {seed} and x\n{noise}", "", "c")
    steps[20] = StepDraft(StepSource.AGENT, (part,), 21)
    return tuple(steps)


def bytes_of(memory: Memory) -> bytes:
    return b"".join(path.read_bytes() for path in memory.internals.database.files())


def ids_with(memory: Memory, text: str) -> list[int]:
    listed = memory.episodes.find(EpisodeQuery(text=text))
    return listed.window(0, len(listed))


def aged(memory: Memory, seeds: range = range(4)) -> list[int]:
    keys = [add(memory, f"e{seed}", wordy(seed), at=seed + 1) for seed in seeds]
    memory.recall.prepare()
    return keys


def test_nothing_goes_before_it_was_previewed_and_set(memory: Memory) -> None:
    keys = aged(memory)
    memory.compression.compress(keys)
    assert memory.compression.ageing.outlook().eviction.episodes == 0
    seen = memory.compression.ageing.outlook(EVICT).eviction
    assert (seen.episodes, seen.oldest, seen.newest) == (4, 1, 4)
    assert seen.text_size == sum(episode.text_size for episode in memory.episodes.get(keys))
    assert 0 < seen.kept_size <= seen.text_size / 12
    assert [brief.episode_id for brief in seen.largest] and seen.pinned == seen.held == 0
    assert memory.compression.ageing.evict().episodes == 0, "originals are kept as shipped"
    assert all(episode.evicted_at is None for episode in memory.episodes.get(keys))


def test_what_is_evicted_is_gone_from_every_page_and_the_rest_is_there(memory: Memory) -> None:
    keys = aged(memory)
    assert ids_with(memory, SENTINEL) == keys[::-1]
    memory.compression.compress(keys)
    kept = {key: memory.compression.read(key) for key in keys}
    before = {key: memory.steps.read(key) for key in keys}
    assert SENTINEL not in " ".join(
        s.text for compressed in kept.values() for s in compressed.spans
    )
    assert SENTINEL.encode() in bytes_of(memory), "else the test tests nothing"
    memory.compression.ageing.set(EVICT)
    done = memory.compression.ageing.run()
    assert (done.evicted.episodes, done.evicted.wiped) == (4, True)
    assert SENTINEL.encode() not in bytes_of(memory)
    assert ids_with(memory, SENTINEL) == []
    for key in keys:
        episode = memory.episodes.get([key])[0]
        assert episode.evicted_at is not None and episode.tier is Tier.COMPRESSED
        read = memory.compression.read(key)
        assert (read.spans, read.ledger, read.mask) == (
            kept[key].spans,
            kept[key].ledger,
            kept[key].mask,
        )
        after = memory.steps.read(key)
        assert len(after) == len(before[key])
        for span in read.spans:
            assert span.text in after[span.seq].parts[span.part].text
        listed = " ".join(p.text for step in after for p in step.parts if p.name == LEDGER)
        assert {word.word for word in read.ledger} <= set(ledger_words(listed))
        cut = {step.seq for step in after if step.flags & StepFlag.ABRIDGED}
        assert 20 in cut
        for old, new in zip(before[key], after, strict=True):
            if new.seq not in cut:
                assert [p.text for p in new.parts if p.name != LEDGER] == [
                    p.text for p in old.parts
                ]
    assert memory.figures.health(check=True).problems == ()
    assert memory.audit.verify().broken_at is None


def test_compressed_and_evicted_episodes_are_still_found(memory: Memory) -> None:
    keys = aged(memory)
    memory.compression.compress(keys, Budget(ratio=24))  # leaves words to a ledger
    memory.compression.ageing.set(EVICT)
    memory.compression.ageing.evict()
    assert memory.recall.unprepared() == 0, "recall's index is renewed in the same transaction"
    assert set(ids_with(memory, "DiscountRule")) == set(keys)
    assert set(ids_with(memory, "tier:compressed convert_currency")) == set(keys)
    word = memory.compression.read(keys[2]).ledger[0].word
    assert keys[2] in ids_with(memory, word)
    assert memory.recall.ask(f"What did {word} do?", k=1).context.episode_ids == (keys[2],)
    memory.encode()
    assert memory.episodes.find(EpisodeQuery(text='near:"restart"'))


def test_each_eviction_leaves_its_row_and_digests_that_fit(memory: Memory) -> None:
    key = add(memory, "one", wordy(1))
    memory.compression.compress([key])
    before = memory.episodes.detail(key).digest
    memory.compression.ageing.set(EVICT)
    memory.compression.ageing.evict()
    [row] = [row for row in memory.audit.page() if row.action == "evict"]
    assert (row.subject, row.before, row.after) == (
        f"episode:{key}",
        before,
        memory.episodes.detail(key).digest,
    )
    detail = json.loads(row.detail)
    assert detail["text"] > detail["kept"] > 0
    assert SENTINEL not in row.detail
    assert [row.action for row in memory.audit.page()][-1] == "wipe"
    assert memory.audit.verify().broken_at is None


def test_what_is_pinned_new_or_in_use_is_never_evicted(memory: Memory) -> None:
    keys = aged(memory, range(6))
    memory.compression.compress(keys)
    memory.marks.set_pinned([keys[0]], True)
    cue = memory.steps.read(keys[1], 1, 2)[0].parts[1].text
    for _ in range(6):
        memory.recall.ask(cue, k=1)
    wanted = AgeingSettings(newest=2, originals=Originals.EVICTED)
    seen = memory.compression.ageing.outlook(wanted).eviction
    assert (seen.episodes, seen.pinned, seen.spared) == (2, 1, 3)
    memory.compression.ageing.set(wanted)
    assert memory.compression.ageing.evict().episodes == 2
    assert {episode.id for episode in memory.episodes.get(keys) if episode.evicted_at} == {
        keys[2],
        keys[3],
    }


def test_a_pin_that_comes_between_two_transactions_holds(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.compressor.ageing.eviction._BATCH", 1)
    keys = aged(memory)
    memory.compression.compress(keys)
    memory.compression.ageing.set(EVICT)

    def pin() -> None:
        memory.marks.set_pinned([keys[3]], True)

    done = memory.compression.ageing.evict(Job(give_way=pin))
    assert done.episodes == 3
    assert memory.episodes.get([keys[3]])[0].evicted_at is None


def test_days_are_counted_from_the_compression(memory: Memory) -> None:
    key = add(memory, "one", wordy(1))
    memory.compression.compress([key])
    wanted = AgeingSettings(newest=0, originals=Originals.DAYS, days=3)
    assert memory.compression.ageing.outlook(wanted).eviction.waiting == 1
    memory.compression.ageing.set(wanted)
    assert memory.compression.ageing.evict().episodes == 0
    past = time.time_ns() // 1000 - 4 * 86_400 * 1_000_000
    with memory.internals.database.writing():
        memory.internals.database.execute("UPDATE compressed SET made_at = ?", (past,))
    assert memory.compression.ageing.evict().episodes == 1


def test_nothing_makes_it_whole_again_and_everybody_says_so(memory: Memory) -> None:
    key, other = add(memory, "one", wordy(1)), add(memory, "two", wordy(2))
    memory.compression.compress([key])
    memory.compression.ageing.set(EVICT)
    memory.compression.ageing.evict()
    with pytest.raises(Evicted, match="deleted permanently"):
        memory.compression.restore([key])
    with pytest.raises(Evicted, match="another budget"):
        memory.compression.preview(key)
    memory.compression.compress([other])
    assert memory.compression.restore([key, other]).episodes == 1
    assert memory.compression.compress([key]).compressed == 0
    memory.marks.set_pinned([key], True)
    assert key not in {move.episode_id for move in memory.compression.ageing.due()}
    assert memory.episodes.get([key])[0].evicted_at is not None


def test_a_text_that_another_episode_has_stays_for_it(memory: Memory) -> None:
    prompt = Part(PartKind.MESSAGE, f"You are an agent.\nNever say {SENTINEL}.\n" + "rule\n" * 900)
    system = StepDraft(StepSource.SYSTEM, (prompt,), 1)
    old = add(memory, "old", (system, *drafts(20, 1)), at=1)
    new = add(memory, "new", (system, *drafts(20, 2)), at=2)
    assert ids_with(memory, f"{SENTINEL} survive") == []
    assert ids_with(memory, SENTINEL) == [old], "indexed where it first stood"
    memory.compression.compress([old])
    memory.compression.ageing.set(EVICT)
    memory.compression.ageing.evict()
    assert memory.steps.read(new)[0].parts[0] == prompt
    assert ids_with(memory, SENTINEL) == [new], "found where it stands next"
    assert memory.figures.health(check=True).problems == ()


def traces(folder: Path, count: int, length: int = 30) -> list[Path]:
    maker, paths = TraceMaker(5), []
    for number in range(count):
        paths.append(folder / f"{number:03}.jsonl")
        paths[-1].write_bytes(b"".join(maker.session(number, length, 120)))
    return paths


def imported(tmp_path: Path, memory: Memory, count: int = 2, length: int = 30) -> list[int]:
    memory.import_paths(traces(tmp_path, count, length))
    listed = memory.episodes.find(EpisodeQuery())
    return listed.window(0, len(listed))


def test_original_bytes_go_with_the_text(tmp_path: Path, memory: Memory) -> None:
    keys = imported(tmp_path, memory)
    raw = {key: b"".join(memory.originals.whole(key)) for key in keys}
    memory.compression.compress(keys[:1])
    seen = memory.compression.ageing.outlook(EVICT).eviction
    assert seen.original_size == len(raw[keys[0]])
    memory.compression.ageing.set(EVICT)
    assert memory.compression.ageing.evict().original_size == len(raw[keys[0]])
    for read in (
        lambda: b"".join(memory.originals.whole(keys[0])),
        lambda: memory.originals.record(keys[0]),
        lambda: memory.originals.step(keys[0], 3),
    ):
        with pytest.raises(Evicted, match="original bytes"):
            read()
    assert b"".join(memory.originals.whole(keys[1])) == raw[keys[1]]
    exported = tmp_path / "out.json"
    memory.episodes.export(keys[0], exported)
    assert json.loads(exported.read_bytes())["extra"]["hpm"]["evicted_at"]


def test_the_same_file_brings_nothing_back_but_a_grown_one_brings_all(
    tmp_path: Path, memory: Memory
) -> None:
    (key,) = imported(tmp_path, memory, 1)
    steps = memory.steps.read(key)
    memory.compression.compress([key])
    memory.compression.ageing.set(EVICT)
    memory.compression.ageing.evict()
    memory.import_paths([tmp_path / "000.jsonl"])
    assert memory.episodes.get([key])[0].evicted_at is not None
    (path,) = traces(tmp_path, 1, 33)
    memory.import_paths([path])
    episode = memory.episodes.get([key])[0]
    assert (episode.evicted_at, episode.tier) == (None, Tier.EPISODIC)
    again = memory.steps.read(key)
    assert again[:28] == steps[:28] and not any(s.flags & StepFlag.ABRIDGED for s in again)
    assert b"".join(memory.originals.whole(key)) == path.read_bytes()
    assert memory.figures.health(check=True).problems == ()


def test_cancelled_it_keeps_whole_transactions_and_goes_on_later(
    memory: Memory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.compressor.ageing.eviction._BATCH", 1)
    keys = aged(memory)
    memory.compression.compress(keys)
    memory.compression.ageing.set(EVICT)
    job = Job()
    calls = []

    def stop() -> None:
        calls.append(1)
        if len(calls) == 2:
            job.cancel()

    job._give_way = stop
    with pytest.raises(Cancelled):
        memory.compression.ageing.evict(job)
    gone = [episode.id for episode in memory.episodes.get(keys) if episode.evicted_at]
    assert len(gone) == 2
    assert memory.compression.ageing.outlook().unwiped
    assert memory.figures.health(check=True).problems == ()
    assert memory.compression.ageing.evict().episodes == 2
    assert not memory.compression.ageing.outlook().unwiped
    assert SENTINEL.encode() not in bytes_of(memory)


def test_another_program_that_reads_delays_only_the_wiping(tmp_path: Path, memory: Memory) -> None:
    keys = aged(memory, range(1))
    memory.compression.compress(keys)
    memory.compression.ageing.set(EVICT)
    memory.internals.database.pragma("busy_timeout = 50")
    with open_memory(memory.path, read_only=True) as other, other.internals.database.reading():
        other.figures.stats()
        done = memory.compression.ageing.evict()
    assert (done.episodes, done.wiped) == (1, False)
    assert memory.compression.ageing.outlook().unwiped
    assert memory.compression.ageing.evict().wiped
    assert SENTINEL.encode() not in bytes_of(memory)


def test_the_final_patch_survives(memory: Memory) -> None:
    key = add(memory, "one", wordy(1))
    memory.compression.compress([key])
    memory.compression.ageing.set(EVICT)
    memory.compression.ageing.evict()
    last = memory.steps.read(key)[-1].parts[1].text
    assert last.strip() == PATCH.strip()
