from __future__ import annotations

import msgspec
import pytest

from hpm_engine.compressor.ageing.abridged import abridged
from hpm_engine.compressor.packing.container import MemoryContents
from hpm_engine.recall.document import document
from hpm_engine.store.ledger_text import LEDGER, ledger_text, ledger_words
from hpm_engine.store.search.recall_index import RecallField
from hpm_engine.values.compression import KeptFor, KeptSpan, LedgerWord
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource


def words(text: str, name: str, flags: StepFlag) -> list[str]:
    part = Part(PartKind.RESULT, text, name)
    step = Step(1, 0, StepSource.AGENT, flags, 1, "", None, None, (part,))
    return document(1, "", [step]).texts[RecallField.WORDS].split()


def test_a_ledger_reads_back_as_it_was_written() -> None:
    text = ledger_text({"convert_currency": 4, "Discount": 1, "rate_2": 10})
    assert text == "convert_currency*4 Discount rate_2*10"
    listed = list(ledger_words(text))
    assert [listed.count(word) for word in ("convert_currency", "Discount", "rate_2")] == [4, 1, 10]
    assert len(listed) == 15


@pytest.mark.parametrize("text", ["word*1000000000", "word*99999 word*0", "* ** *9"])
def test_no_text_makes_the_index_grow_beyond_its_own_length(text: str) -> None:
    assert len(list(ledger_words(text))) <= 2


def test_no_number_in_a_text_counts_for_more_than_a_ledger_writes() -> None:
    assert len(list(ledger_words("word*99 " * 1_000))) <= 10 * 1_000
    assert ledger_text({"word": 10**9}) == "word*10"


def agent(seq: int, *texts: str, flags: StepFlag = StepFlag.NONE) -> Step:
    parts = tuple(Part(PartKind.RESULT, text, "", "c") for text in texts)
    return Step(1, seq, StepSource.AGENT, flags, seq, "", None, None, parts)


def evicted(steps: list[Step], kept: MemoryContents) -> list[str]:
    left = [
        msgspec.structs.replace(step, parts=draft.parts, flags=draft.flags)
        for step, draft in zip(steps, abridged(steps, kept), strict=True)
    ]
    return document(1, "", left).texts[RecallField.WORDS].split()


def test_a_word_of_a_step_that_stays_whole_counts_as_often_as_it_was_met() -> None:
    spans = (KeptSpan(1, 0, PartKind.RESULT, 0, "returned Discount", KeptFor.CHANGE),)
    kept = MemoryContents("rule", 2, b"\0\1", (), 0.0, spans, (), counts=b"\2\0")
    steps = [agent(0, "Discount Discount\n" * 9), agent(1, "returned Discount")]
    assert evicted(steps, kept).count("Discount") == 10


def test_a_bare_ledger_stands_in_a_step_that_recall_reads() -> None:
    kept = MemoryContents("rule", 3, b"\0\0\1", (), 0.0, (), (LedgerWord("Discount", 10, None),))
    steps = [
        agent(0, "Discount", flags=StepFlag.COPIED),
        agent(1, "Discount and more"),
        agent(2, "Discount again"),
    ]
    assert evicted(steps, kept) == ["Discount"] * 3


def test_recall_meets_an_evicted_episodes_words_as_often_as_its_ledger_says() -> None:
    text = ledger_text({"convert_currency": 4, "Discount": 1})
    met = words(text, LEDGER, StepFlag.ABRIDGED)
    assert met == ["convert_currency"] * 4 + ["Discount", "convert", "currency"]


def test_a_tool_that_is_called_ledger_is_a_tool() -> None:
    once = ["convert_currency", "convert", "currency"]
    assert words("convert_currency*4", LEDGER, StepFlag(0)) == once
    assert words("convert_currency*4", "bash", StepFlag.ABRIDGED) == once
