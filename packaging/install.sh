#!/bin/sh
# Make .venv with the pinned dependencies. Needs Python 3.11 or later; adds Debian's venv package
# where it is missing and may be installed.
set -eu
cd "$(dirname "$0")/.."

python=
for name in python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$name" >/dev/null 2>&1 &&
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "HPM Inspector needs Python 3.11 or later. On Debian 12, Ubuntu 24.04 or newer:" >&2
    echo "    sudo apt-get install python3 python3-venv" >&2
    exit 1
fi

if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    sh packaging/apt.sh "python$version-venv"
fi

[ -x .venv/bin/python ] || "$python" -m venv .venv
echo "Installing the pinned dependencies into .venv …"
.venv/bin/python -m pip install --quiet --disable-pip-version-check \
    --constraint packaging/constraints.txt --editable '.[dev,mcp,adapters]'
touch .venv/installed
