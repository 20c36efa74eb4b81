"""Invented subjects of work, each with words of its own, for scripted sessions."""

from __future__ import annotations

import random
from typing import NamedTuple

_NOUNS = {
    "developed": """
        harvest ledger orchard pump valve gutter tractor silo barley meadow fence kennel dairy
        cellar chimney lantern anvil saddle bridle granary thresher ploughshare weir sluice
    """,
    "held out": """
        glacier beacon harbour sextant rudder keel mast anchor lagoon trawler buoy estuary
        compass galley rigging ballast tiller lighthouse dock ferry pontoon tide reef jetty
    """,
}
_VERBS = {
    "developed": "rounds drains indexes folds trims mirrors grades batches".split(),  # noqa: SIM905
    "held out": "plots seals charts trails weighs spools merges docks".split(),  # noqa: SIM905
}
_TASKS = (
    "The {0} {1} the {2} twice when the {3} is late",
    "Why has the {2} no {3} since the {0} {1} it? Please mend that.",
    "Add a limit for each {3}, or the {0} {1} one {2} too many",
    "People complain of an empty {2}: something in the {0} loses the {3}",
    "Make it faster. With a large {3} the {0} {1} the {2} for minutes.",
    "Our {0} must not fail where a {3} is missing; now it {1} the wrong {2}",
    "Check how the {0} comes to a {2} without {3}",
    "Let the {0} say which {3} it takes before it {1} a {2}",
)
_ENDS = (("hood", "ward"), ("fold", "less"), ("wise", "most"), ("craft", "ship"), ("monger", "dom"))
_USUAL = (
    *("pre-commit run --all-files", "alembic upgrade head", "ruff check --fix .", "go mod tidy"),
    *("cargo fmt --all", "terraform plan -out tf.plan", "mypy --strict lib", "tox -e docs"),
)
_SHIFTS = ("amber", "violet", "copper")  # so that recall gives others beside what is asked about


class WorkTopic(NamedTuple):
    """One piece of work, and what somebody who did it knows."""

    task: str
    folder: str
    file: str
    sibling: str  # another file of the folder
    command: str
    name: str  # of a function
    number: str
    option: str
    aside: tuple[str, ...]  # words of nothing else
    usual: str  # a command that anybody might give anywhere


def topics(wording: str, seed: int, count: int) -> list[WorkTopic]:
    """Subjects with no word in common."""
    chooser = random.Random(f"{wording}:{seed}")
    nouns = _NOUNS[wording].split()
    chooser.shuffle(nouns)
    verbs = list(_VERBS[wording])
    chooser.shuffle(verbs)
    topics_ = []
    for number in range(count):
        first, second, third = nouns[3 * number : 3 * number + 3]
        verb, ends = verbs[number % len(verbs)], _ENDS[number % len(_ENDS)]
        topics_.append(
            WorkTopic(
                task=_TASKS[number % len(_TASKS)].format(first, verb, second, third)
                + f" ({_SHIFTS[number % len(_SHIFTS)]} shift)",
                folder=first,
                file=f"{first}/{second}_{verb}.py",
                sibling=f"{first}/{third}.py",
                command=f"python tools/check_{first}.py --{second} {chooser.randint(2, 9)}",
                name=f"{verb.removesuffix('s')}_{second}_once",
                number=str(chooser.randint(20_000, 89_999)),
                option=f"{third}_limit_ms",
                aside=tuple(f"{noun}{end}" for noun in (first, third) for end in ends),
                usual=_USUAL[number % len(_USUAL)],
            )
        )
    return topics_
