#!/bin/sh
# Install Debian packages when that is allowed; otherwise print the one line that does.
set -eu
[ $# -gt 0 ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "Missing system packages (named as on Debian): $*" >&2
    exit 1
fi
if [ "$(id -u)" = 0 ]; then
    sudo=
elif command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
    sudo=sudo
else
    echo "Missing system packages. Run this once, then try again:" >&2
    echo "    sudo apt-get install --no-install-recommends $*" >&2
    exit 1
fi
echo "Installing $* …"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends "$@" >/dev/null
