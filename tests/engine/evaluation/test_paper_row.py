from __future__ import annotations

from hpm_engine.evaluation.compression.paper_row import paper_row


def test_sessions_of_the_papers_size_keep_a_hundred_values_in_a_twelfth_of_the_bytes() -> None:
    values = {name: figure.value for name, figure in paper_row().items()}
    assert (values["paper_steps"], values["paper_values"]) == (1_200, 100)
    assert 4_000_000 < values["paper_raw"] < 4_400_000
    assert 12.0 <= values["paper_ratio"] < 12.6
    assert values["paper_stored"] * 12 <= values["paper_raw"]
