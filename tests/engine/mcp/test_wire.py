from __future__ import annotations

import os
import socket

from hpm_engine.mcp.wire import Wire


def test_a_client_that_is_killed_before_it_read_all_is_the_end_of_the_input() -> None:
    """Over a pair of sockets, as Node gives its children, the next read is an error then."""
    client, server = socket.socketpair()
    with server:
        wire = Wire(server.fileno(), server.fileno())
        client.sendall(b"{}\n")
        lines = wire.lines()
        assert next(lines) == b"{}"
        wire.write(b"an answer that nobody reads")
        client.close()
        assert list(lines) == []


def test_a_last_line_without_its_end_is_a_line() -> None:
    source, sink = os.pipe()
    os.write(sink, b"\n[1]\n \n[2]")
    os.close(sink)
    assert list(Wire(source, source).lines()) == [b"[1]", b"[2]"]
    os.close(source)
