from __future__ import annotations

from hpm_engine.evaluation.agents.gate import GatedPrompt, gate_figures


def test_the_gate_is_chosen_on_one_half_and_told_of_the_other() -> None:
    chosen_on = GatedPrompt(related=0.42, fellows=0, strangers=0.22, anywhere=0, elsewhere=0)
    told_of = GatedPrompt(related=0.37, fellows=0, strangers=0.32, anywhere=0, elsewhere=0)
    figures = gate_figures("within", 0.5, [chosen_on, told_of] * 4, "related", "strangers")
    assert figures["within, gate chosen"].value == 0.40  # the nearest to what is, that parts them
    assert figures["within, gained by it"].value == 0
    assert figures["within, related, 0.35"].value == 1
    assert figures["within, related, 0.40"].value == 0
    assert figures["within, strangers, 0.30"].value == 1
    assert figures["within, strangers, 0.35"].value == 0
