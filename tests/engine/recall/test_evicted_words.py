from __future__ import annotations

import pytest

from hpm_engine.ledger_text import LEDGER, ledger_text, ledger_words
from hpm_engine.recall.document import document
from hpm_engine.records import Part, PartKind, Step, StepFlag, StepSource
from hpm_engine.store.recall_index import Field


def words(text: str, name: str, flags: StepFlag) -> list[str]:
    part = Part(PartKind.RESULT, text, name)
    step = Step(1, 0, StepSource.AGENT, flags, 1, "", None, None, (part,))
    return document(1, "", [step]).texts[Field.WORDS].split()


def test_a_ledger_reads_back_as_it_was_written() -> None:
    text = ledger_text({"convert_currency": 4, "Discount": 1, "rate_2": 10})
    assert text == "convert_currency*4 Discount rate_2*10"
    listed = list(ledger_words(text))
    assert [listed.count(word) for word in ("convert_currency", "Discount", "rate_2")] == [4, 1, 10]
    assert len(listed) == 15


@pytest.mark.parametrize("text", ["word*1000000000", "word*99999 word*0", "* ** *9"])
def test_no_text_makes_the_index_grow_beyond_its_own_length(text: str) -> None:
    assert len(list(ledger_words(text))) <= 2


def test_recall_meets_an_evicted_episodes_words_as_often_as_its_ledger_says() -> None:
    text = ledger_text({"convert_currency": 4, "Discount": 1})
    assert sorted(words(text, LEDGER, StepFlag.ABRIDGED)) == ["Discount"] + ["convert_currency"] * 4


def test_a_tool_that_is_called_ledger_is_a_tool() -> None:
    assert words("convert_currency*4", LEDGER, StepFlag(0)) == ["convert_currency"]
    assert words("convert_currency*4", "bash", StepFlag.ABRIDGED) == ["convert_currency"]
