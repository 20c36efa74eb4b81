"""Two sets of words for planted notes that share none: one to develop on, one held out."""

from __future__ import annotations

from typing import NamedTuple


class Thing(NamedTuple):
    """Something that has a value: what it is called, its key, and where the value is given."""

    name: str
    key: str
    program: str
    flag: str
    file: str


class Statement(NamedTuple):
    """A line, a person's words that say it, and words that take it back."""

    line: str
    ask: str
    back: str


class Wording(NamedTuple):
    """Words of one kind for each part of planted lines; ``folder`` is the project's."""

    name: str
    folder: str
    commands: tuple[str, ...]
    command_lines: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    verbs: tuple[str, ...]
    scripts: tuple[str, ...]
    ways: tuple[tuple[str, str], ...]
    way_lines: tuple[str, ...]
    way_uses: tuple[str, ...]
    things: tuple[Thing, ...]
    value_lines: tuple[str, ...]
    value_asks: tuple[str, ...]
    paths: tuple[str, ...]
    path_lines: tuple[str, ...]
    statements: tuple[Statement, ...]


DEVELOPED = Wording(
    name="developed",
    folder="/home/ida/work/kiln",
    commands=(
        *(
            "make check",
            "pytest -q tests/unit",
            "npm run typecheck",
            "cargo clippy",
            "mypy --strict kiln",
        ),
        *("make docs", "tox -e lint", "go vet ./..."),
    ),
    command_lines=(
        "Run `{command}` before each commit.",
        "- `{command}` has to pass first",
        "Tests are run with {command}.",
        "**Checks:** `{command}`, from the root",
        "Always finish with `{command}`",
        "- [ ] `{command}` is what the CI does",
    ),
    pairs=(("npm", "pnpm"), ("make", "just"), ("pip", "uv"), ("docker", "podman")),
    verbs=("install", "build", "test"),
    scripts=("./scripts/seed.sh", "./tools/reset.sh --all", "bin/deploy.sh", "./ops/backup.sh"),
    ways=(
        ("pnpm", "npm"),
        ("ruff", "flake8"),
        ("podman", "docker"),
        ("vitest", "jest"),
        ("uv", "poetry"),
        ("tilt", "skaffold"),
        ("mocha", "ava"),
    ),
    way_lines=(
        "Use {good}, not {bad}.",
        "- {good} instead of {bad}",
        "Never use {bad}; use {good}.",
        "Prefer `{good}` over `{bad}`.",
    ),
    way_uses=("add left-pad", "check src", "run all", "update"),
    things=(
        Thing("dev server", "port", "uvicorn", "port", "conf/server.toml"),
        Thing("upload queue", "limit", "queue-run", "limit", "conf/queue.toml"),
        Thing("image cache", "capacity", "cachectl", "capacity", "conf/cache.ini"),
        Thing("mail worker", "timeout", "mailer", "timeout", "conf/mail.toml"),
        Thing("search index", "batch_size", "indexer", "batch-size", "conf/search.toml"),
        Thing("metrics exporter", "interval", "exporter", "interval", "conf/metrics.toml"),
    ),
    value_lines=(
        "The {thing} has {key} {value}.",
        "- {thing}: {key} is {value}",
        "{key} of the {thing} = {value}",
        "For the {thing} the {key} is set to {value}.",
        "The {thing} uses {key} {value}",
        "- the {thing}'s {key} is `{value}`",
    ),
    value_asks=(
        "Please note: the {thing} has {key} {value} now.",
        "The {thing} runs with {key} {value}.",
    ),
    paths=(
        *("src/glaze/mixer.py", "docs/firing.md", "src/heat/curve.ts", "conf/ovens.yaml"),
        *("tests/test_cooling.py", "src/db/migrate.sql", "web/panel.vue"),
    ),
    path_lines=(
        "The rules are in `{path}`.",
        "- see {path} for how it works",
        "`{path}` holds the table of degrees.",
        "Everything about it lives in {path}.",
        "- entry point: `{path}`",
    ),
    statements=(
        Statement(
            "Answers to the customer are written in Finnish.",
            "Answers to the customer should be written in Finnish, please.",
            "Answers to the customer are no longer written in Finnish, English is fine.",
        ),
        Statement(
            "Glaze recipes count grams, never ounces.",
            "Keep in mind that glaze recipes count in grams.",
            "Forget grams for the glaze recipes, the supplier sends millilitres.",
        ),
        Statement(
            "Firing plans are reviewed by Oskar before a release.",
            "Before a release Oskar reviews the firing plans.",
            "Oskar no longer reviews firing plans before a release.",
        ),
        Statement(
            "Kiln names begin with the letter of their hall.",
            "The names of kilns begin with the letter of the hall that they stand in.",
            "Kiln names don't begin with the letter of their hall any more.",
        ),
    ),
)

HELD_OUT = Wording(
    name="held out",
    folder="/srv/build/orchard",
    commands=(
        *("pnpm verify", "cargo test --all", "poetry run pytest", "gradle check", "make suite"),
        *("bun test", "eslint src --max-warnings 0", "terraform validate", "mvn verify"),
    ),
    command_lines=(
        "Before you push: `{command}`.",
        "* a change is done when `{command}` is green",
        "1. To verify things we call `{command}`",
        "The usual gate is `{command}` (takes a minute).",
        "After editing, execute {command}.",
        "Verification happens through `{command}` on this machine.",
    ),
    pairs=(("yarn", "bun"), ("make", "task"), ("poetry", "uv"), ("npm", "yarn")),
    verbs=("add", "lint", "publish"),
    scripts=(
        *("./hack/load_fixtures.sh", "./dev/rotate-keys.sh now", "ci/smoke.sh"),
        "./deploy/stage.sh --dry",
    ),
    ways=(
        ("biome", "eslint"),
        ("bun", "yarn"),
        ("pdm", "pip"),
        ("gunicorn", "uvicorn"),
        ("just", "make"),
        ("oxlint", "tslint"),
        ("granian", "hypercorn"),
    ),
    way_lines=(
        "We work with {good} rather than {bad} here.",
        "Don't use {bad}, use {good} instead.",
        "* `{good}` in place of `{bad}`",
        "{good} replaces {bad}.",
    ),
    way_uses=("start web", "format lib", "sync deps", "status"),
    things=(
        Thing("preview gateway", "port", "gatewayd", "port", "etc/gateway.toml"),
        Thing("harvest importer", "retries", "harvest", "retries", "etc/harvest.yaml"),
        Thing("thumbnail service", "quality", "thumbs", "quality", "etc/thumbs.ini"),
        Thing("ledger export", "page_size", "ledgerctl", "page-size", "etc/ledger.toml"),
        Thing("session store", "ttl", "sessiond", "ttl", "etc/session.cfg"),
        Thing("webhook sender", "backoff", "hooks", "backoff", "etc/hooks.toml"),
    ),
    value_lines=(
        "* {key} {value} belongs to the {thing}",
        "Set the {thing}'s {key} to {value}.",
        "In the {thing}, `{key}` must be {value}.",
        "{thing}: `{key} = {value}`",
        "We keep the {key} at {value} for the {thing}.",
        "The {thing} listens to {key}={value} only",
    ),
    value_asks=(
        "From today the {thing} goes with {key} {value}, remember that.",
        "I changed the {key} of the {thing}: the {key} is {value} from here on.",
    ),
    paths=(
        *("lib/apples/grader.rb", "notes/pruning.md", "app/views/crate.html", "etc/frost.json"),
        *("spec/press_spec.rb", "lib/io/barcode.go", "assets/label.svg"),
    ),
    path_lines=(
        "Look at `{path}` first when grading breaks.",
        "* the logic for it is found in `{path}`",
        "Our source of truth: {path}",
        "You will need {path} to understand the flow.",
        "`{path}` defines what may be shipped.",
    ),
    statements=(
        Statement(
            "Invoices go out on the last Friday of a month.",
            "One more thing, invoices have to go out on the last Friday of the month.",
            "We stopped sending invoices on the last Friday of the month.",
        ),
        Statement(
            "Growers are addressed by their first names in mails.",
            "In mails growers are addressed by first names, that is our tone.",
            "Growers are not addressed by first names in mails any more.",
        ),
        Statement(
            "Weights of crates are rounded down to whole kilograms.",
            "Round the weights of crates down to whole kilograms everywhere.",
            "Weights of crates are no longer rounded down to whole kilograms.",
        ),
        Statement(
            "Pressing happens in the northern shed during winter.",
            "During winter the pressing happens in the northern shed.",
            "Pressing in the northern shed was dropped, winter or not.",
        ),
    ),
)
