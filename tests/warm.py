"""The program started in a third of the time: in a fork of a process that has imported it.

What runs is the program's own ``main``, in a process of its own with its own terminal or pipes; only
the imports are done before, and the files read that never change while it runs.  The forks are
adopted by the test's process, which waits for them as for its children.  A start that is itself the
matter, or has what imports look at in its environment, is made cold (``is_cold``).
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import socket
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
_SIZE = 1 << 18  # of the longest request, in bytes
_LOOKED_AT = ("TEXTUAL", "PYTHON", "LANG", "LC_")  # by imports, or before them
_LOCALE = "C.UTF-8"
_ONE_AT_A_TIME = threading.Lock()


def is_cold(environment: Mapping[str, str]) -> bool:
    """Whether something of *environment* must be there before the program is imported."""
    told = {k: v for k, v in environment.items() if (k, v) != ("LC_ALL", _LOCALE)}
    return sys.platform != "linux" or any(name.startswith(_LOOKED_AT) for name in told)


def start(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    files: Sequence[int],
    script: Path | None = None,
) -> int:
    """Start ``pasis``, or the *script* that changes something of it first; return its process id.

    *files* become its standard streams: three, or one terminal, which is then its own.
    """
    told = [list(arguments), dict(environment), str(Path.cwd()), str(script or "")]
    request = json.dumps(told).encode()
    assert len(request) < _SIZE
    with _ONE_AT_A_TIME:  # or a thread is told of the process that another asked for
        line = _line_to_maker()
        socket.send_fds(line, [request], list(files))
        return int(line.recv(_SIZE))


@cache
def _line_to_maker() -> socket.socket:
    """Return the line to the process that starts the others; it ends with this one."""
    ctypes.CDLL(None, use_errno=True).prctl(_SUBREAPER, 1, 0, 0, 0)
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    maker = subprocess.Popen(
        [sys.executable, __file__, str(its.fileno())],
        pass_fds=[its.fileno()],
        env={**os.environ, "LC_ALL": _LOCALE, "TEXTUAL_FPS": "250"},  # as the program sets it
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    its.close()
    atexit.register(_end, ours, maker)
    return ours


def _end(line: socket.socket, maker: subprocess.Popen[bytes]) -> None:
    line.close()
    maker.wait()


def _import_all() -> None:
    import pasis_tui

    for module in pkgutil.walk_packages(pasis_tui.__path__, "pasis_tui."):
        if "migrations" not in module.name and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from pasis_tui.display.display_files import displays
    from pasis_tui.validation import codes, parameters, rules

    for read in (displays, rules.rules, codes.tables, parameters.parameters):
        read()


def _serve(line: socket.socket) -> str:
    """Fork for each request; returns only in a fork, with the script to be run, if any."""
    while True:
        request, files, _, _ = socket.recv_fds(line, _SIZE, 3)
        if not request:
            sys.exit()
        told, tells = os.pipe()
        between = os.fork()
        if not between and not os.fork():
            os.write(tells, str(os.getpid()).encode())
            os.close(told)
            os.close(tells)
            line.close()
            return _become(json.loads(request), files)
        if not between:
            os._exit(0)
        os.close(tells)
        pid = os.read(told, 32)
        os.close(told)
        for file in files:
            os.close(file)
        os.waitpid(between, 0)  # only now has the fork been adopted
        line.send(pid)


def _become(request: tuple[list[str], dict[str, str], str, str], files: list[int]) -> str:
    arguments, environment, folder, script = request
    os.setsid()
    if len(files) == 1:
        fcntl.ioctl(files[0], termios.TIOCSCTTY, 0)
        files = files * 3
    for number, file in enumerate(files):
        os.dup2(file, number)
    for file in set(files):
        os.close(file)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    sys.argv = ["pasis", *arguments]
    sys.stdin = sys.__stdin__ = _stream(0, "r", "surrogateescape")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _stream(1, "w", "surrogateescape")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _stream(2, "w", "backslashreplace")  # type: ignore[misc]
    return script


def _stream(number: int, mode: str, errors: str) -> io.TextIOWrapper:
    """Return a standard stream as Python opens it."""
    by_line = mode == "w" and (number == 2 or os.isatty(number))
    stream = open(number, mode, 1 if by_line else -1, "utf-8", errors, closefd=False)  # noqa: SIM115
    assert isinstance(stream, io.TextIOWrapper)
    return stream


if __name__ == "__main__":
    _import_all()
    gc.collect()
    gc.freeze()  # a fork's collections pass over what it shares, and copy no page of it
    if changed := _serve(socket.socket(fileno=int(sys.argv[1]))):
        runpy.run_path(changed, run_name="__main__")
    from pasis_tui.cli.main import main

    raise SystemExit(main())
