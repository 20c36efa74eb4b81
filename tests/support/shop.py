"""Episodes about a small invented project, written into a store."""

from __future__ import annotations

from hpm_engine.memory import Memory
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Outcome, Part, PartKind, StepFlag, StepSource
from tests.support.written_episodes import write_draft

CUE = "discount is wrong after the currency changed"


def diff(path: str, line: str) -> str:
    return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1 +1 @@\n+{line}\n"


def asked(text: str) -> StepDraft:
    return StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, text),), 1)


def acted(thought: str, command: str = "ls", result: str = "") -> StepDraft:
    parts = (
        Part(PartKind.MESSAGE, thought),
        Part(PartKind.CALL, command, "bash", "c"),
        Part(PartKind.RESULT, result, "", "c"),
    )
    return StepDraft(StepSource.AGENT, parts, 2)


def submitted(patch: str) -> StepDraft:
    parts = (Part(PartKind.CALL, "submit", "bash", "c"), Part(PartKind.RESULT, patch, "", "c"))
    return StepDraft(StepSource.AGENT, parts, 3, StepFlag.SUBMISSION)


def add(
    memory: Memory,
    key: str,
    *steps: StepDraft,
    project: str = "shop",
    agent: str = "codex",
    outcome: Outcome = Outcome.UNKNOWN,
    at: int = 1_700_000_000_000_000,
    cwd: str = "",
) -> int:
    """Write an episode (again, of a source that has grown, under the same key); its id."""
    draft = EpisodeDraft(
        format="made",
        key=key,
        steps=steps,
        agent=agent,
        project=project,
        cwd=cwd,
        task=steps[0].parts[0].text[:80],
        outcome=outcome,
        started_at=at,
        ended_at=at,
    )
    return write_draft(memory, draft, grown=True).episode_id


def shop(memory: Memory) -> dict[str, int]:
    """Five episodes of two projects, indexed for recall; their ids by key."""
    ids = {
        "basket": add(
            memory,
            "basket",
            asked("The basket loses its discount when the currency changes."),
            acted("The discount is computed in price.py before conversion.", "cat shop/price.py"),
            acted("Convert first: DiscountRule must see the converted amount."),
            submitted(diff("shop/price.py", "amount = convert_currency(amount)")),
            outcome=Outcome.SUCCESS,
        ),
        "login": add(
            memory,
            "login",
            asked("Users cannot log in after the session cookie expires."),
            acted("The cookie is never renewed in session.py.", "cat shop/session.py"),
            submitted(diff("shop/session.py", "renew(cookie)")),
            outcome=Outcome.FAILURE,
        ),
        "search": add(
            memory,
            "search",
            asked("The search box forgets the filter."),
            acted("The filter lives in the query string.", "grep -r filter shop/search.py"),
            submitted(diff("shop/search.py", "keep(filter)")),
            agent="claude-code",
        ),
        "report": add(
            memory,
            "report",
            asked("Write the yearly report as CSV."),
            acted("The export writes rows one by one.", "cat books/report.py"),
            submitted(diff("books/report.py", "writer.writerows(rows)")),
            project="books",
            at=1_600_000_000_000_000,
        ),
        "invoice": add(
            memory,
            "invoice",
            asked("Invoices show the wrong date."),
            acted("Dates are formatted in the local zone.", "cat books/invoice.py"),
            submitted(diff("books/invoice.py", "date.astimezone(UTC)")),
            project="books",
        ),
    }
    memory.recall.prepare()
    return ids
