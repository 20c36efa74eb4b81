from __future__ import annotations

import pytest

from hpm_engine import Part, PartKind, Step, StepFlag, StepSource, action_line

SAID = Part(PartKind.MESSAGE, "\n  Let me look.\nThere it is.")
RAN = Part(PartKind.CALL, '{"command": "grep -rn price shop\\nls"}', "bash")
GOT = Part(PartKind.RESULT, "shop/price.py:1")


@pytest.mark.parametrize(
    ("parts", "line"),
    [
        ((SAID, RAN, GOT), "bash grep -rn price shop"),
        ((Part(PartKind.CALL, "plain text", "edit"),), "edit plain text"),
        ((Part(PartKind.CALL, "", "submit"),), "submit"),
        ((SAID, GOT), "Let me look."),
        ((GOT,), "shop/price.py:1"),
        ((Part(PartKind.MESSAGE, " \n"),), ""),
        ((), ""),
    ],
)
def test_a_step_in_one_line_is_what_it_did_or_else_said(parts: tuple[Part, ...], line: str) -> None:
    step = Step(1, 0, StepSource.AGENT, StepFlag(0), None, "", None, None, parts)
    assert action_line(step) == line
