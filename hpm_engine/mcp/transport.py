"""Between the wire and the SDK: lines become messages, and what is none is answered here."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

import anyio
import mcp_types as types
import msgspec
from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream
from mcp.shared.message import SessionMessage

from hpm_engine.mcp.wire import LONGEST_LINE, TooLong, Wire

_TOO_LONG = f"The line is longer than {LONGEST_LINE:,} bytes; it was passed over."
_NO_JSON = "The line is no JSON."
_NO_MESSAGE = "The line is no message of JSON-RPC 2.0."

Incoming = MemoryObjectReceiveStream[SessionMessage | Exception]
Outgoing = MemoryObjectSendStream[SessionMessage]


class Transport:
    """The messages of one client.

    A thread of its own reads all that comes, so that the end of the input is noticed whatever else
    waits: a write to a pipe that nobody empties, too.
    """

    def __init__(self, wire: Wire, leave: Callable[[], None]) -> None:
        """``leave`` sees to it that the process ends soon, whatever holds it up."""
        self._wire = wire
        self._leave = leave
        self._loop = asyncio.get_running_loop()
        self._lines: asyncio.Queue[bytes | TooLong | None] = asyncio.Queue()

    def end(self) -> None:
        """End as if the input had ended; from any thread, and from a signal's handler."""
        self._leave()
        with suppress(RuntimeError):  # the loop has ended before
            self._loop.call_soon_threadsafe(self._lines.put_nowait, None)

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[tuple[Incoming, Outgoing]]:
        """What the SDK reads from and writes to."""
        messages, incoming = anyio.create_memory_object_stream[SessionMessage | Exception]()
        outgoing, answers = anyio.create_memory_object_stream[SessionMessage]()
        threading.Thread(target=self._read, name="hpm-input", daemon=True).start()
        async with anyio.create_task_group() as group:
            group.start_soon(self._give, messages)
            group.start_soon(self._write, answers)
            yield incoming, outgoing
            group.cancel_scope.cancel()

    def _read(self) -> None:
        with suppress(RuntimeError):  # the loop has ended before its input
            for line in self._wire.lines():
                self._loop.call_soon_threadsafe(self._lines.put_nowait, line)
        self.end()

    async def _give(self, messages: MemoryObjectSendStream[SessionMessage | Exception]) -> None:
        async with messages:
            while (line := await self._lines.get()) is not None:
                message = _message(line)
                if isinstance(message, types.JSONRPCError):
                    self._send(message)
                else:
                    await messages.send(SessionMessage(message))

    async def _write(self, answers: MemoryObjectReceiveStream[SessionMessage]) -> None:
        async with answers:
            async for answer in answers:
                self._send(answer.message)

    def _send(self, message: types.JSONRPCMessage) -> None:
        line = message.model_dump_json(by_alias=True, exclude_unset=True).encode()
        try:
            self._wire.write(line)
        except OSError:
            self.end()  # nobody reads any more


def _message(line: bytes | TooLong) -> types.JSONRPCMessage:
    """The message of a line; for what is none, the error to be sent back."""
    if isinstance(line, TooLong):
        return _error(None, types.INVALID_REQUEST, _TOO_LONG)
    text = line.decode("utf-8", "replace")
    try:
        message = types.jsonrpc_message_adapter.validate_json(text, by_name=False)
    except ValueError:
        return _explained(text)
    if isinstance(message, types.JSONRPCError):  # a client's answer to what was never asked
        return _error(None, types.INVALID_REQUEST, _NO_MESSAGE)
    return message


def _explained(text: str) -> types.JSONRPCError:
    """Why a line is no message, under its own number where it has one."""
    try:
        content = msgspec.json.decode(text)
    except (ValueError, RecursionError):
        return _error(None, types.PARSE_ERROR, _NO_JSON)
    number = content.get("id") if isinstance(content, dict) else None
    known = isinstance(number, (int, str)) and not isinstance(number, bool)
    return _error(number if known else None, types.INVALID_REQUEST, _NO_MESSAGE)


def _error(number: int | str | None, code: int, message: str) -> types.JSONRPCError:
    error = types.ErrorData(code=code, message=message)
    return types.JSONRPCError(jsonrpc="2.0", id=number, error=error)
