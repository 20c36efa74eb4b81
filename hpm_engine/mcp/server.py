"""The server itself: the SDK's protocol between the wire and the calls."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import mcp_types as types
import msgspec
from mcp.server.caching import CacheHint
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from hpm_engine.mcp.asker import Asker, Askers
from hpm_engine.mcp.calls import Calls, UnknownTool, explained
from hpm_engine.mcp.progress import reported
from hpm_engine.mcp.store_thread import StoreThread
from hpm_engine.mcp.tools import MOST_TOKENS, TASK, listed
from hpm_engine.mcp.transport import Transport
from hpm_engine.mcp.wire import Wire, leave_soon
from hpm_engine.values.visibility import Reader
from hpm_engine.version import __version__

_NAME = "hpm"
_PROMPT = "recall"
_DAY = 24 * 60 * 60 * 1000  # ms: lists change with the program alone
_INSTRUCTIONS = (
    "What agents did in earlier sessions on this computer, kept by HPM Inspector. Use recall "
    "before you begin a task and when an error appears."
)
_UNRECORDED = " The store is open for reading only: nothing is recorded."

Context = ServerRequestContext[dict[str, Any], Any]


class Setting(msgspec.Struct, frozen=True):
    """What the command line says; ``reader`` is who asks, where that was configured."""

    store: Path
    read_only: bool = False
    reader: Reader | None = None
    tokens_most: int = MOST_TOKENS


class AgentServer:
    """Answers one client over one wire."""

    def __init__(self, setting: Setting, folder: Path) -> None:
        self._setting = setting
        self._askers = Askers(setting.reader, folder)
        self._calls = Calls(setting.tokens_most, read_only=setting.read_only)
        self._client = ""
        self._store = StoreThread(setting.store, read_only=setting.read_only, actor=self._actor)
        tools = listed(setting.tokens_most, read_only=setting.read_only)
        self._tools = [types.Tool.model_validate(tool) for tool in tools]

    def protocol(self) -> Server[dict[str, Any]]:
        """The SDK's server with this one's handlers: no other capability than tools and prompts."""
        hint = CacheHint(_DAY, "public")
        server: Server[dict[str, Any]] = Server(
            _NAME,
            version=__version__,
            title="HPM Inspector",
            instructions=_INSTRUCTIONS + (_UNRECORDED if self._setting.read_only else ""),
            cache_hints={"tools/list": hint, "prompts/list": hint, "server/discover": hint},
            on_list_tools=self._list_tools,
            on_call_tool=self._call_tool,
            on_list_prompts=self._list_prompts,
            on_get_prompt=self._get_prompt,
        )
        server.middleware.clear()  # its tracing would load exporters that somebody installed
        return server

    async def run(self, wire: Wire, leave: Callable[[], None] = leave_soon) -> None:
        """Serve until the input ends or the process is asked to end.

        ``leave`` is called then, to end the process should something hold it up.
        """
        transport = Transport(wire, leave)
        # The loop's own handlers would wait with it for a pipe that nobody empties.
        with suppress(ValueError):  # not the main thread, which alone may set handlers
            signal.signal(signal.SIGTERM, lambda number, frame: transport.end())
        server = self.protocol()
        try:
            async with transport.streams() as (read, write):
                await server.run(read, write, server.create_initialization_options())
        finally:
            self._store.close()

    async def _list_tools(self, context: Context, params: object) -> types.ListToolsResult:
        return types.ListToolsResult(tools=self._tools)

    async def _call_tool(
        self, context: Context, params: types.CallToolRequestParams
    ) -> types.CallToolResult:
        try:
            text = await self._answer(context, params.name, params.arguments or {})
        except UnknownTool as error:
            raise MCPError(code=types.INVALID_PARAMS, message=str(error)) from error
        except Exception as error:
            text = explained(error, self._setting.store)
            return types.CallToolResult(content=[_text(text)], is_error=True)
        return types.CallToolResult(content=[_text(text)])

    async def _list_prompts(self, context: Context, params: object) -> types.ListPromptsResult:
        task = types.PromptArgument(name="task", description=TASK, required=True)
        about = "What earlier sessions tell about a task"
        prompt = types.Prompt(name=_PROMPT, description=about, arguments=[task])
        return types.ListPromptsResult(prompts=[prompt])

    async def _get_prompt(
        self, context: Context, params: types.GetPromptRequestParams
    ) -> types.GetPromptResult:
        task = (params.arguments or {}).get("task", "")
        if params.name != _PROMPT:
            raise MCPError(code=types.INVALID_PARAMS, message="There is no prompt of that name.")
        if not task.strip():
            raise MCPError(code=types.INVALID_PARAMS, message="The prompt recall needs a task.")
        try:
            text = await self._answer(context, "recall", {"about": task})
        except Exception as error:
            message = explained(error, self._setting.store)
            raise MCPError(code=types.INTERNAL_ERROR, message=message) from error
        shown = types.PromptMessage(role="user", content=_text(text))
        return types.GetPromptResult(messages=[shown])

    async def _answer(self, context: Context, tool: str, given: Mapping[str, Any]) -> str:
        asker = self._asker(context)
        work = self._calls.work(tool, given, asker)
        async with reported(context.session) as job:
            call = self._store.submit(work, job)
            try:
                return await asyncio.wrap_future(call.answer)
            except asyncio.CancelledError:
                self._store.cancel(call)
                raise

    def _asker(self, context: Context) -> Asker:
        params = context.session.client_params
        asker = self._askers.asker(params.client_info.name if params else "", context.meta or {})
        self._client = asker.client
        return asker

    def _actor(self) -> str:
        """Who the audit log says recalled."""
        return f"hpm mcp for {self._client}" if self._client else "hpm mcp"


def serve(setting: Setting, folder: Path, wire: Wire) -> None:
    """Serve one client until its input ends."""
    asyncio.run(AgentServer(setting, folder).run(wire))


def _text(text: str) -> types.TextContent:
    return types.TextContent(text=text)
