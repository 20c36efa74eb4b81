#!/bin/sh
# Open the window on a store; build the sample first if that is the one and it is not there.
# Without a display: a picture of every view instead.
set -eu
cd "$(dirname "$0")/.."
store=$1
sh packaging/system_libraries.sh
if [ "$store" = build/sample.hpm ] && [ ! -e "$store" ]; then
    mkdir -p build
    echo "Building the sample store (generated, once) …"
    .venv/bin/hpm sample "$store"
fi
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/hpm-inspector "$store"
fi
echo "No display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so no window can open."
echo "Writing a picture of every view to build/screenshots/ instead …"
exec .venv/bin/hpm-inspector "$store" --screenshots build/screenshots --theme both
