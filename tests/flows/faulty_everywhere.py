"""The program with a fault of the kind that TEST_FAULT names, at F12 or at a resize.

Started as a script by tests.sideways.test_43_faults_and_signals.
"""

from __future__ import annotations

import asyncio
import gc
import os
import threading
from typing import Any

from pasis_tui.app import PasisApp
from pasis_tui.cli.main import main
from pasis_tui.services.reports import show
from pasis_tui.store.database import Database
from pasis_tui.widgets import frame
from pasis_tui.widgets.dialogs import TextPage

KIND = os.environ["TEST_FAULT"]
SECRET = "Hemlig Hemligsson"


def fall(*args: Any, **named: Any) -> Any:
    patient = {"name": SECRET, "password": "lösen-ord-et"}
    raise RuntimeError(f"{patient['name']} {patient['password']} {len(args) + len(named)}")


async def fall_soon(*args: Any, **named: Any) -> None:
    fall()


async def _act(app: Any) -> None:
    if KIND == "key":
        fall()
    elif KIND == "worker":
        app.run_worker(fall_soon(), group="fault")
    elif KIND == "thread worker":
        app.run_worker(fall, thread=True, group="fault")
    elif KIND == "timer":
        app.set_timer(0.01, fall)
    elif KIND == "callback":
        app.call_later(fall)
    elif KIND == "thread":
        threading.Thread(target=fall).start()
    elif KIND == "task":
        task = asyncio.create_task(fall_soon())
        await asyncio.wait([task])
        del task
        gc.collect()
    elif KIND == "job":
        app.in_background(fall)
    elif KIND == "mount":
        setattr(TextPage, "on_mount", fall)  # noqa: B010 - a method of a class under test
        await app.open_dialog(TextPage("Fel", ["rad"]))
    elif KIND == "painting":
        setattr(frame.Foot, "render_line", fall)  # noqa: B010 - a method of a class under test
        app.view.foot.refresh()
    elif KIND == "resize":
        setattr(type(app.view), "on_resize", fall)  # noqa: B010 - a method of a class under test


setattr(PasisApp, "do_menu", _act)  # noqa: B010 - a method of a class under test
if KIND == "show":
    setattr(show, "rows", fall)  # noqa: B010 - a function under test
elif KIND == "open":
    setattr(Database, "open", fall)  # noqa: B010 - a method of a class under test
raise SystemExit(main())
