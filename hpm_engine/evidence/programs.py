"""Programs that are called by name in notes, and those that stand in for each other."""

from __future__ import annotations

# Programs whose name followed by a word is a command also where nothing marks it as one.
PROGRAMS = frozenset(
    (
        *("npm", "pnpm", "yarn", "bun", "npx", "deno", "pytest", "tox", "nox", "cargo", "rustup"),
        *("uv", "pip", "pip3", "pipx", "poetry", "pdm", "hatch", "conda", "docker", "podman"),
        *("kubectl", "helm", "terraform", "alembic", "ruff", "mypy", "flake8", "pylint", "black"),
        *("eslint", "prettier", "tsc", "vite", "vitest", "jest", "playwright", "gradle", "gradlew"),
        *("mvn", "bundle", "rake", "rails", "composer", "php", "artisan", "dotnet", "swift", "zig"),
        *("psql", "sqlite3", "mysql", "redis-cli", "git", "gh", "ninja", "cmake", "ctest", "bazel"),
        *("uvicorn", "gunicorn", "flask", "django-admin", "celery", "mix", "stack", "cabal", "sbt"),
        *(
            "tsx",
            "turbo",
            "nx",
            "lerna",
            "biome",
            "golangci-lint",
            "gofmt",
            "pre-commit",
            "ansible",
        ),
    )
)
# These are words of plain English as well: a command only in a code span, or before such a word.
ALSO_WORDS = {
    "make": frozenset(
        (
            *("test", "tests", "lint", "check", "build", "install", "run", "clean", "dev", "docs"),
            *("openapi", "format", "fmt", "deploy", "release", "serve", "coverage", "bench", "all"),
            *("suite", "migrate", "seed", "docker", "up", "down", "start", "generate", "types"),
        )
    ),
    "go": frozenset(("test", "build", "run", "vet", "mod", "generate", "install", "fmt")),
    "just": frozenset(("test", "build", "lint", "check", "dev", "fmt", "deploy", "ci")),
    "task": frozenset(("test", "build", "lint", "dev", "ci")),
    "node": frozenset(()),
    "python": frozenset(("-m",)),
    "python3": frozenset(("-m",)),
}
# So are these, before any word: only a code span, or "run" before them, tells.
HOMONYMS = frozenset(
    (
        *("cargo", "black", "flask", "mix", "stack", "bundle", "swift", "rails", "turbo", "rake"),
        *("celery", "ninja", "composer", "artisan", "bun", "jest", "prettier", "poetry", "helm"),
    )
)
_ALIKE = (
    ("npm", "pnpm", "yarn", "bun"),
    ("make", "just", "task", "npm", "pnpm", "yarn", "tox", "nox", "invoke"),
    ("pip", "pip3", "uv", "poetry", "pdm", "conda"),
    ("pytest", "nose2", "tox", "nox", "unittest"),
    ("jest", "vitest", "mocha", "ava"),
    ("flake8", "pylint", "ruff"),
    ("black", "ruff", "yapf"),
    ("eslint", "biome", "oxlint"),
    ("docker", "podman"),
    ("gunicorn", "uvicorn", "hypercorn"),
)


def stand_in(program: str, other: str) -> bool:
    """Whether two programs do the same work, so that one may have taken over from the other."""
    return program != other and any(program in group and other in group for group in _ALIKE)
