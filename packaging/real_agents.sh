#!/bin/sh
# Whether the agents' own programs take what `hpm connect` writes, in a home folder that is thrown away.
# They come from npm into build/agents (1.1 GB); no model is asked, and it is no part of `make test`.
# Skips, with its reason, what cannot be had.
set -eu
cd "$(dirname "$0")/.."
command -v npm >/dev/null || { echo "skipped: npm is not installed"; exit 0; }
agents=${HPM_AGENTS:-$PWD/build/agents}
mkdir -p "$agents"
home=$(mktemp -d)
trap 'rm -rf "$home"' EXIT
hpm=$PWD/.venv/bin/hpm
export HPM_DATA_DIR="$home/data" HPM_CACHE_DIR="$home/cache" CODEX_HOME="$home/.codex"
HOME=$home "$hpm" sample "$home/s.hpm" >/dev/null
failed=0

fetched() { # PACKAGE COMMAND
    [ -x "$agents/node_modules/.bin/$2" ] && return 0
    npm install --silent --no-audit --no-fund --prefix "$agents" "$1" >/dev/null 2>&1 && return 0
    echo "skipped $2: $1 cannot be had from npm"
    return 1
}

judge() { # NAME PATTERN TEXT
    if printf '%s' "$3" | grep -q "$2"; then
        echo "ok      $1"
    else
        echo "FAILED  $1"
        printf '%s\n' "$3" | tail -5
        failed=1
    fi
}

connect() { # AGENT
    (cd "$home" && HOME=$home PATH=$agents/node_modules/.bin:$PATH "$hpm" connect "$1" "$home/s.hpm" --home "$home") \
        >/dev/null
}

listed() { # COMMAND...
    (cd "$home" && HOME=$home PATH=$agents/node_modules/.bin:$PATH timeout 90 "$@" 2>&1 </dev/null) || true
}

if fetched @anthropic-ai/claude-code claude; then
    connect claude-code
    judge "Claude Code: its server answers" "^hpm: .*Connected" "$(listed claude mcp list)"
fi
if fetched @openai/codex codex; then
    connect codex
    judge "Codex: it has the server" "^hpm .*enabled" "$(listed codex mcp list)"
    hooks=$({
        echo '{"id":1,"method":"initialize","params":{"clientInfo":{"name":"hpm","version":"1"}}}'
        echo '{"method":"initialized"}'
        echo "{\"id\":2,\"method\":\"hooks/list\",\"params\":{\"cwds\":[\"$home\"]}}"
        sleep 8
    } | HOME=$home timeout 20 "$agents/node_modules/.bin/codex" app-server 2>/dev/null | grep '"id":2' || true)
    for event in session_start user_prompt_submit stop; do
        judge "Codex: its hook $event, not trusted yet" "hooks.json:$event:0:0[^}]*untrusted" "$hooks"
    done
fi
if fetched @google/gemini-cli gemini; then
    connect gemini
    judge "Gemini CLI: it has the server" "hpm: .*mcp .*(stdio)" "$(listed gemini mcp list)"
fi
if fetched opencode-ai opencode; then
    connect opencode
    judge "opencode: its server answers" "hpm .*connected" "$(listed opencode mcp list)"
fi
exit $failed
