from __future__ import annotations

import json
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from hpm_engine.cli.console import arguments
from tests.support.command_runs import json_lines, run


def test_episodes_takes_the_query_language(store: Path) -> None:
    assert "timetable" in run("episodes", store, "ferry -project:none agent:claude*").stdout
    assert "timetable" not in run("episodes", store, "ferry agent:codex").stdout
    wrong = run("episodes", store, "ferry projct:x")
    assert wrong.exit_code == 2
    assert "At position 7: there is no field projct:. Did you mean project:" in wrong.stderr


def test_a_search_can_be_explained_without_running_it(store: Path) -> None:
    output = run("episodes", store, "ferry", "--outcome", "failure", "--explain")
    assert output.stdout == ("Episodes where a step holds “ferry”, and the outcome is “failure”.\n")
    [row] = json_lines(run("episodes", store, "a  OR b", "--explain", "--json").stdout)
    assert row == {
        "query": "a or b",
        "meaning": "Episodes where a step holds “a”, or a step holds “b”.",
    }


def test_searches_are_saved_listed_run_renamed_and_deleted(store: Path) -> None:
    assert "No searches" in run("searches", store).stderr
    assert run("searches", store, "--save", "my ferry", "ferry", "or boat").stdout == "Done.\n"
    assert run("searches", store, "--save", "my ferry", "ferry or boat").stdout.startswith("Noth")
    [saved] = json_lines(run("searches", store, "--json").stdout)
    assert (saved["name"], saved["text"]) == ("my ferry", "ferry or boat")
    assert "timetable" in run("episodes", store, "--saved", "my ferry").stdout
    assert "timetable" not in run("episodes", store, "--saved", "my ferry", "nothing").stdout
    assert run("searches", store, "--rename", "my ferry", "boats").exit_code == 0
    assert "boats" in run("searches", store).stdout
    missing = run("episodes", store, "--saved", "my ferry")
    assert missing.exit_code == 1 and "“boats”" in missing.stderr
    assert json.loads(run("searches", store, "--delete", "boats", "--json").stdout)["changed"]
    assert [row["action"] for row in json_lines(run("audit", store, "--json").stdout)][-3:] == [
        "save-search",
        "rename-search",
        "delete-search",
    ]


def test_a_wrong_search_is_not_saved(store: Path) -> None:
    assert run("searches", store, "--save", "bad", "(a").exit_code == 2
    assert run("searches", store, "--save", "bad").exit_code == 2
    assert run("searches", store, "--save", "a", "--delete", "b", "x").exit_code == 2
    assert run("searches", store).stdout == ""


def test_a_shell_completes_fields_and_values_of_the_store(store: Path) -> None:
    context = click.Context(click.Command("episodes"))
    context.params["store"] = store

    def offered(typed: str) -> list[str]:
        items: list[CompletionItem] = arguments.complete_query(
            context, click.Argument(["query"]), typed
        )
        return [item.value for item in items]

    assert offered("agent:cl") == ["agent:claude-code"]
    assert offered("error ha") == ["error has:error", "error has:subagents", "error has:note"]
    context.params["store"] = store.with_name("gone.hpm")
    assert offered("agent:cl") == []
    assert offered("out") == ["outcome:"]


def test_columns_of_episodes_can_be_chosen_and_sorted_by(store: Path) -> None:
    output = run("episodes", store, "--columns", "id,Cost,duration", "--sort", "tokens-in")
    assert output.stdout.splitlines()[0].split() == ["id", "cost", "duration"]
    rows = [line.split()[0] for line in output.stdout.splitlines()[1:]]
    sizes = [
        json.loads(line)["tokens_in"]
        for line in run("episodes", store, "--json", "--sort", "tokens-in").stdout.splitlines()
    ]
    assert len(rows) == len(sizes) and sizes == sorted(sizes, reverse=True)
    wrong = run("episodes", store, "--columns", "id,colour")
    assert wrong.exit_code == 2 and "there is no column colour" in wrong.stderr
