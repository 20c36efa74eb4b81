#!/bin/sh
# Qt's system libraries, a font, and with the argument "tests" a virtual display with mouse and keys.
set -eu
cd "$(dirname "$0")/.."
# shellcheck disable=SC2046 - one package a word
sh packaging/apt.sh $(.venv/bin/python packaging/missing_libraries.py "${1:-}")
