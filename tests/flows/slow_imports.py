"""The program, whose store is imported only once ``go`` is there, and who tells who imports it.

``PASIS_DATA_DIR/imported`` names what the thread of the screen has imported of it before.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from pasis_tui.cli.main import main

HOME = Path(os.environ["PASIS_DATA_DIR"])


class _Finder:
    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: object = None) -> None:
        if name.split(".")[0] != "sqlalchemy" and not name.startswith("pasis_tui.store"):
            return
        if threading.current_thread() is not threading.main_thread():
            while not (HOME / "go").exists():
                time.sleep(0.01)
        elif not (HOME / "go").exists():
            with (HOME / "imported").open("a", encoding="utf-8") as file:
                file.write(f"{name}\n")


sys.meta_path.insert(0, _Finder)
raise SystemExit(main())
