"""Terms that stand everywhere, so that they tell nothing of where somebody has them from."""

from __future__ import annotations

_COMMANDS = """
git status | git diff | git add | git commit | git log | git show | git push | git pull |
git checkout | git branch | git stash | git grep | git blame | git fetch | git switch |
git restore | git rev-parse | npm install | npm test | npm run | npm start | npm ci | npx tsc |
pip install | python -m | python3 -m |
python -c | python3 -c | python - | python manage.py | cargo build | cargo test | cargo run |
cargo check | go build | go test | go run | go vet | make test | make build | make all |
make install | docker build | docker run | docker ps | docker compose | pytest -q | pytest -x |
pytest -v | pytest tests | python -m pytest | python3 -m pytest | npm run build | npm run test |
npm run lint | git log --oneline | git diff --stat | git add -a | git add . | git commit -m |
git checkout -b | git show head | make lint | ls -la | ls -l | ls -a | sed -n |
cat -n | head -n | tail -n | mkdir -p | rm -rf | cd .. | pip list
"""
COMMANDS = frozenset(command.strip() for command in _COMMANDS.split("|"))  # that anybody gives
_PROGRAMS = """
ls cat head tail less sed awk grep rg find wc echo printf cd pwd mkdir rm cp mv touch chmod which
env export sort uniq cut tr xargs tee diff stat file tree source bash sh sleep true test kill ps
curl
"""
PROGRAMS = frozenset(_PROGRAMS.split())
_NAMES = """
__init__ __main__ __name__ __file__ __all__ __str__ __repr__ setup teardown setupclass tmp_path
file_path old_string new_string user_id created_at updated_at is_error tool_use tool_result
stdout stderr readme todo utf-8 node_modules package-lock command-line to-do read-only so-called
well-known up-to-date dry-run staticmethod classmethod isinstance valueerror typeerror keyerror
runtimeerror attributeerror indexerror filenotfounderror importerror assertionerror typescript
javascript github step-by-step follow-up
"""
NAMES = frozenset(_NAMES.split())
_FILES = """
readme.md __init__.py setup.py package.json pyproject.toml makefile index.js index.ts main.py
changelog.md requirements.txt conftest.py tsconfig.json package-lock.json cargo.toml go.mod
dockerfile settings.json license.md
"""
FILES = frozenset(_FILES.split())
_COMMON_WORDS = """
about above after again all also always and any are because been before being below between both
but can cannot could did does done down each either else ever every few first for from get give
goes had has have here how into its just keep kept know last later least less like line lines made
make makes many may more most much must need needs never new next not now off often old once one
only onto other our out over own per please put rather read run runs same say see set should since
some still such take tell than that the their them then there these they thing things this those
through too two under until upon use used uses using very want was way were what when where which
while who why will with within without work works would write writes yet you your file files code
note notes session sessions change changes changed test tests project agent person accepted step
error errors name names call calls add adds added edit
"""
COMMON_WORDS = frozenset(_COMMON_WORDS.split())
TOOLS = frozenset(("git", "python", "python3", "npm", "make", "pip", "node", "docker", "the"))
