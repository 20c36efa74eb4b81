from __future__ import annotations

import pytest

from hpm_engine.words.lasting import LEAST, SURE, lasting

RULES = (
    "Never edit anything under generated/ by hand.",
    "From now on we deploy with bin/ship, not with make.",
    "Use pathlib, not os.path",
    "Dates shown to users go through formatDay",
    "No unwrap or expect outside of tests.",
    "Lines in markdown stay under 100 characters",
    "Bitte nie direkt auf main pushen.",
    "Toujours lancer make verif avant un commit.",
)
NO_RULES = (
    "ok, go on",
    "Can we always use pathlib?",
    "Use the second variant",
    "I don't think you have the credentials",
    "revert src/app.ts to what it was",
    "src/app/app.component.html:4:7 - error NG8001: it is never a known element",
    "    at Array.reduce (main.js:1:2) always",
    "<reminder>Always answer in JSON.</reminder>",
)


@pytest.mark.parametrize("text", RULES)
def test_what_is_meant_for_later_is_told_by_its_wording(text: str) -> None:
    statement, sureness = lasting(text)
    assert sureness >= SURE
    assert statement == text[0].upper() + text[1:]


@pytest.mark.parametrize("text", NO_RULES)
def test_what_is_about_the_task_at_hand_or_pasted_in_is_none(text: str) -> None:
    assert lasting(text)[1] < LEAST


def test_only_the_rule_of_a_message_is_kept_and_never_turned_round() -> None:
    text = "ok, go on. By the way, we never commit to main. I saw the log, it was empty."
    assert lasting(text)[0] == "We never commit to main."
    assert lasting("No, print is off limits here.")[0].endswith("rint is off limits here.")
    assert lasting("No default exports in components.")[0].startswith("No default")


def test_a_pasted_text_gives_no_endless_statement() -> None:
    long = "Always " + "very " * 200 + "carefully."
    assert lasting(long)[0] == ""
    both = f"{long} Never use tabs."
    assert lasting(both)[0] == "Never use tabs."
