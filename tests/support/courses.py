"""A course of work on files, as steps: what is read, tried, written, run and taken back."""

from __future__ import annotations

from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource

COURSE = (
    ("ls shop", "price.py rules.py"),
    ("cat shop/price.py", "def price(): ..."),
    ("cat shop/rules.py", "class Rule: ..."),
    ("cat <<'EOF' > reproduce.py\nopen('shop/price.py').read()\nEOF", ""),
    ("python reproduce.py", "Traceback (most recent call last):"),
    ("sed -i '3s/a/b/' shop/price.py", ""),
    ("sed -n '1,9p' shop/price.py", "def price(): ..."),
    ("sed -i 's/x/y/' shop/rules.py", ""),
    ("sed -i '4s/a/b/' shop/price.py", ""),
    ("python reproduce.py", "all well"),
    ("git checkout shop/rules.py", ""),
    ("python reproduce.py", "all well"),
    ("rm reproduce.py", ""),
)


def course(*pairs: tuple[str, str]) -> list[Step]:
    steps = []
    for seq, (call, result) in enumerate(pairs):
        parts = (Part(PartKind.CALL, call, "bash", "c"), Part(PartKind.RESULT, result, "", "c"))
        none = StepFlag(0)
        steps.append(Step(1, seq, StepSource.AGENT, none, seq, "", None, None, parts))
    return steps
