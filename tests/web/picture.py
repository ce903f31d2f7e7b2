"""Make docs/pictures/webblasare.png: Chromium, as a visit has been saved.  ``python -m tests.web.picture``.

Not part of ``make docs``: what a browser draws differs by a pixel from one machine to the next.
"""

from __future__ import annotations

import io
import tempfile
from pathlib import Path

from PIL import Image

from tests.flows.practice import DAY, LOGIN, MENU, make_practice
from tests.flows.test_drafts import MANY
from tests.terminal import ENTER, F2, TAB, alt
from tests.web.browser import opened_browser
from tests.web.serving import serving

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "pictures" / "webblasare.png"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        make_practice(home)
        with opened_browser(Path(folder) / "profile") as browser, serving(home, day=DAY) as server:
            tab = browser.tab(server.address, width=900, height=560)
            tab.expect(LOGIN, timeout=60).type(ENTER)
            tab.expect(MENU).type(F2, f"85 {MANY}", ENTER)
            tab.expect("Tid är när besöket startar").type("1015", TAB, alt("a"))
            tab.expect(f"Sparat: besök {DAY} 10:15")
            tab.settle()
            shot = Image.open(io.BytesIO(tab.picture())).convert("RGB")
    shot.quantize(32).save(PICTURE, optimize=True)
    print(f"{PICTURE.name}: {PICTURE.stat().st_size} bytes")


if __name__ == "__main__":
    main()
