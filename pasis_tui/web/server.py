"""The server behind ``pasis serve``: one page, and for each tab a websocket to a program of its own.

The terminal in the browser and its protocol are textual-serve's: the browser sends ``["stdin", text]``
and ``["resize", {width, height}]`` and gets the terminal's bytes.  The server is ours, because
textual-serve's starts the program through a shell, prints what the program says into its log, lists
its folders, and asks no websocket where it comes from.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

from aiohttp import WSCloseCode, WSMsgType, web

from pasis_tui import clock, fault_log
from pasis_tui.validation.file_faults import in_swedish
from pasis_tui.validation.for_people import ForPeople
from pasis_tui.web.page import headers, page, static_files
from pasis_tui.web.terminal_process import TerminalProcess

HEARTBEAT = 15.0  # seconds between two questions whether the browser is there
MINUTE = 60.0  # seconds; a test's are shorter
PATIENCE = 10.0  # seconds that a program has to keep what was typed
_WAITS = 3.0  # seconds that a new tab waits for one that is just ending
_LONGEST = 1 << 18  # bytes of a message: a paste
_SIZES = (10, 16, 40)  # of letters, in pixels: least, usual, most
_MOST_CELLS = 500
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})
_ANSWER = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = logging.getLogger("pasis.serve")


class CannotServe(ForPeople):
    """The server cannot begin."""


@dataclass(frozen=True, kw_only=True)
class Served:
    """What is served, and to whom; *idle* in minutes, *port* 0 for any that is free."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    home: Path  # the data folder
    folder: Path  # of the sessions' files, one below it for each
    host: str
    port: int
    public_url: str
    sessions: int
    idle: int


@dataclass(eq=False)
class _Tab:
    """One live session."""

    number: int
    folder: Path
    program: TerminalProcess
    typed: float = field(default_factory=clock.machine)  # when something last came from the browser
    why: str = ""  # the server's reason to end it, as the browser is told
    sent: set[tuple[Path, int]] = field(default_factory=set)  # its files, with their times


def run(served: Served, say: Callable[[str], None]) -> None:
    """Serve until the process is told to end.  Raises CannotServe and NoExtra."""
    _check(served)
    logging.basicConfig(
        stream=sys.stderr, format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S"
    )
    log.setLevel(logging.INFO)
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)  # quotes requests that are wrong
    asyncio.run(Server(served).serve(say))


def _check(served: Served) -> None:
    local = served.host in _LOOPBACK
    if not served.public_url:
        if not local:
            raise CannotServe(
                f"--host {served.host} nås utifrån, och lösenord skulle gå i klartext. Låt en"
                " TLS-proxy stå framför och ange dess adress med --public-url https://…"
            )
        return
    try:
        address = urlsplit(served.public_url)
        whole = address.scheme in {"http", "https"} and address.hostname and not address.username
        _ = address.port
    except ValueError:
        address, whole = urlsplit(""), False
    if not whole or address.path not in {"", "/"} or address.query or address.fragment:
        raise CannotServe("--public-url ska vara som https://pasis.example.se, utan sökväg.")
    if address.scheme == "http" and not (local and address.hostname in _LOOPBACK):
        raise CannotServe("--public-url ska börja med https://, annars går lösenord i klartext.")


class Server:
    """The page, the files and the tabs of one ``pasis serve``."""

    def __init__(self, served: Served) -> None:
        self._served = served
        self._static = static_files()
        self._tabs: set[_Tab] = set()
        self._files: dict[str, Path] = {}  # what may be fetched once, by its key
        self._count = 0
        self._free = asyncio.Semaphore(served.sessions)
        self._stopping = False
        self._origins: frozenset[str] = frozenset()
        self._socket = ""
        self._headers: Mapping[str, str] = {}

    async def serve(self, say: Callable[[str], None]) -> None:
        """Serve until SIGTERM or SIGINT; then every session ends, and keeps what was typed."""

        @web.middleware
        async def guard(request: web.Request, handler: _ANSWER) -> web.StreamResponse:
            return await self._guarded(request, handler)

        application = web.Application(middlewares=[guard])
        application.add_routes(
            [
                web.get("/", self._page),
                web.get("/static/{name:.+}", self._file),
                web.get("/download/{key}", self._download, allow_head=False),
                web.get("/ws", self._session, allow_head=False),
            ]
        )
        runner = web.AppRunner(application, access_log=None, handle_signals=False)
        await runner.setup()
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            loop.add_signal_handler(number, stop.set)
        site = web.TCPSite(runner, self._served.host, self._served.port)
        try:
            try:
                await site.start()
            except OSError as error:
                where = f"{self._served.host}:{self._served.port}"
                raise CannotServe(
                    f"{where} går inte att lyssna på: {in_swedish(error)}."
                ) from error
            say(self._begin(runner.addresses[0][1]))
            await stop.wait()
            await self._end_all()
        finally:
            await runner.cleanup()

    def _begin(self, port: int) -> str:
        """Note by which addresses we are reached; return what is said of it."""
        if url := self._served.public_url.rstrip("/"):
            self._origins = frozenset({url})
        else:
            self._origins = frozenset(f"http://{name}:{port}" for name in _LOOPBACK)
            url = f"http://{self._served.host}:{port}"
        sockets = " ".join(sorted(f"ws{origin[4:]}/ws" for origin in self._origins))
        self._headers = headers(sockets, secure=url.startswith("https"))
        return (
            f"PASiS i webbläsaren: {url}  (högst {self._served.sessions} samtidigt,"
            f" {self._served.idle} minuter utan tangenter; Ctrl+C stänger)"
        )

    # --- every request ------------------------------------------------------------------------

    async def _guarded(self, request: web.Request, answer: _ANSWER) -> web.StreamResponse:
        """Answer only who asks for us by our own name, with our headers on all that is said."""
        try:
            self._origin_of_host(request)
            response = await answer(request)
        except web.HTTPException as refused:
            refused.text = refused.text or ""
            refused.headers.update(self._headers)
            raise
        except Exception as fault:  # aiohttp's own report might quote what was sent
            self._note(fault)
            raise web.HTTPInternalServerError(text="Fel i servern.\n") from None
        if not response.prepared:
            response.headers.update(self._headers)
        return response

    def _origin_of_host(self, request: web.Request) -> str:
        """Return our own address as *request* names it.  Raises HTTPMisdirectedRequest."""
        host = request.headers.get("Host", "").lower()
        for each in self._origins:
            if urlsplit(each).netloc == host:
                return each
        raise web.HTTPMisdirectedRequest(text="Fel adress.\n")

    async def _page(self, request: web.Request) -> web.Response:
        least, usual, most = _SIZES
        asked = request.query.get("fontsize", "")
        size = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else usual
        body = page(f"ws{self._origin_of_host(request)[4:]}/ws", max(least, min(most, size)))
        return web.Response(body=body, content_type="text/html", charset="utf-8")

    async def _file(self, request: web.Request) -> web.Response:
        sent = self._static.get(request.match_info["name"])
        if sent is None:
            raise web.HTTPNotFound(text="Finns inte.\n")
        charset = "utf-8" if sent.kind.startswith("text/") else None
        return web.Response(body=sent.content, content_type=sent.kind, charset=charset)

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """Send a file that a session has written, once; its key was told to that session's tab."""
        path = self._files.pop(request.match_info["key"], None)
        if path is None or not path.is_file():
            raise web.HTTPNotFound(text="Finns inte.\n")
        response = web.FileResponse(path)
        name = quote(path.name, safe="")
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        response.content_type = "application/octet-stream"
        return response

    # --- a tab --------------------------------------------------------------------------------

    async def _session(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Origin", "").lower() not in self._origins:
            log.info("nekad: en annan webbplats ville öppna en session")
            raise web.HTTPForbidden(text="Fel ursprung.\n")
        socket = web.WebSocketResponse(
            heartbeat=HEARTBEAT, max_msg_size=_LONGEST, compress=False, timeout=PATIENCE
        )
        await socket.prepare(request)
        if self._stopping:
            await socket.close(code=WSCloseCode.GOING_AWAY, message=_told("Servern stängs."))
            return socket
        try:
            await asyncio.wait_for(self._free.acquire(), _WAITS)
        except TimeoutError:
            log.info("nekad: %d sessioner pågår redan", len(self._tabs))
            full = f"Alla {self._served.sessions} platser är upptagna. Försök igen om en stund."
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, message=_told(full))
            return socket
        try:
            await self._live(socket, _size(request.query))
        except Exception as fault:
            self._note(fault)
            await socket.close(code=WSCloseCode.INTERNAL_ERROR, message=_told("Fel i servern."))
        finally:
            self._free.release()
        return socket

    def _note(self, fault: Exception) -> None:
        log.error("fel i servern, beskrivet i %s", fault_log.keep(fault, self._served.home))

    async def _live(self, socket: web.WebSocketResponse, size: tuple[int, int]) -> None:
        self._count += 1
        number, began = self._count, clock.machine()
        folder = Path(tempfile.mkdtemp(prefix=f"{number}-", dir=self._served.folder))
        try:
            program = await TerminalProcess.start(
                self._served.arguments,
                {**self._served.environment, "PASIS_FILES": str(folder)},
                *size,
            )
            tab = _Tab(number, folder, program)
            self._tabs.add(tab)
            log.info("session %d börjar (%d av %d)", number, len(self._tabs), self._served.sessions)
            shows = asyncio.create_task(self._show(socket, tab))
            try:
                await self._listen(socket, tab)
            finally:
                code = await program.end(PATIENCE)
                self._tabs.discard(tab)
                await shows
                minutes = (clock.machine() - began) / 60
                why = tab.why or ("programmet slutade" if code >= 0 else "programmet togs bort")
                log.info("session %d slut efter %.1f min, kod %d: %s", number, minutes, code, why)
        finally:
            self._files = {k: p for k, p in self._files.items() if folder not in p.parents}
            shutil.rmtree(folder, ignore_errors=True)

    async def _show(self, socket: web.WebSocketResponse, tab: _Tab) -> None:
        """Send what the program writes, to its last word; then close."""
        with suppress(ConnectionError):
            while data := await tab.program.read():
                await socket.send_bytes(data)
                for path in _new_files(tab):
                    key = secrets.token_urlsafe(24)
                    self._files[key] = path
                    await socket.send_json(["deliver_file_start", key])
        await socket.close(message=_told(tab.why))

    async def _listen(self, socket: web.WebSocketResponse, tab: _Tab) -> None:
        """Hand what comes from the browser to the program, until either is gone, or nobody types."""
        while True:
            left = None if tab.why else tab.typed + self._served.idle * MINUTE - clock.machine()
            try:
                message = await socket.receive(left if left is None else max(0.01, left))
            except TimeoutError:
                self._end(tab, f"Ingen har skrivit på {self._served.idle} min.")
                continue
            if message.type is not WSMsgType.TEXT:
                break
            try:
                known = await self._take(json.loads(message.data), socket, tab)
            except (ValueError, RecursionError, ConnectionError):
                known = False
            if not known:
                break
        if not tab.why and socket.close_code != WSCloseCode.OK:
            tab.why = "förbindelsen bröts"

    async def _take(self, said: object, socket: web.WebSocketResponse, tab: _Tab) -> bool:
        match said:
            case ["stdin", str(text)]:
                tab.typed = clock.machine()
                await tab.program.write(text.encode("utf-8", "replace"))
            case ["resize", {"width": int(width), "height": int(height)}]:
                tab.program.resize(_cells(width), _cells(height))
            case ["ping", str(sent)] if len(sent) < 40:
                await socket.send_json(["pong", sent])
            case ["blur"] | ["focus"]:
                pass
            case _:
                return False
        return True

    async def _end_all(self) -> None:
        self._stopping = True
        tabs = list(self._tabs)
        for tab in tabs:
            self._end(tab, "Servern stängs.")
        await asyncio.gather(*(tab.program.ended() for tab in tabs))

    def _end(self, tab: _Tab, why: str) -> None:
        tab.why = f"{why} Det som inte var sparat ligger kvar som utkast."
        tab.program.hang_up()


def _new_files(tab: _Tab) -> Iterator[Path]:
    """Yield the files that the session has written whole since it was last looked."""
    for folder, _, names in os.walk(tab.folder):
        for name in sorted(names):
            path = Path(folder, name)
            with suppress(OSError):
                found = (path, path.lstat().st_mtime_ns)
                if not name.startswith(".") and found not in tab.sent:
                    tab.sent.add(found)
                    yield path


def _told(why: str) -> bytes:
    """Return *why* as a websocket carries it when it closes: 123 bytes at most."""
    return why.encode()[:123].decode(errors="ignore").encode()


def _cells(asked: int) -> int:
    return max(1, min(_MOST_CELLS, asked))


def _size(query: Mapping[str, str]) -> tuple[int, int]:
    """Return columns and rows as the browser asked for them, 80 × 24 where it did not."""
    width, height = (query.get(name, "") for name in ("width", "height"))
    return (
        _cells(int(width)) if width.isascii() and width.isdigit() and len(width) < 5 else 80,
        _cells(int(height)) if height.isascii() and height.isdigit() and len(height) < 5 else 24,
    )
