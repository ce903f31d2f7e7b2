"""Behind a TLS proxy, with the block of docs/operations.md and Debian's nginx."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.flows.clerk import Clerk
from tests.flows.practice import LOGIN, MENU
from tests.terminal import ENTER
from tests.web.browser import Browser
from tests.web.serving import serving

PAGE = Path(__file__).resolve().parents[2] / "docs" / "operations.md"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind(("127.0.0.1", 0))
        port: int = asked.getsockname()[1]
        return port


@contextmanager
def proxy(folder: Path, port: int, behind: int) -> Iterator[None]:
    """The page's nginx, with this test's ports and a certificate of its own making."""
    folder.mkdir()
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "fullchain.pem")),
        ],
        check=True,
        capture_output=True,
    )
    match = re.search(r"```nginx\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert match
    recipe = match[1]
    for theirs, ours in (
        ("listen 443 ssl", f"listen 127.0.0.1:{port} ssl"),
        ("pasis.example.se", "localhost"),
        ("/etc/ssl/pasis/", f"{folder}/"),
        ("http://127.0.0.1:8000", f"http://127.0.0.1:{behind}"),
    ):
        assert theirs in recipe
        recipe = recipe.replace(theirs, ours)
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
        "events {}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;"
        f" fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
        f"{recipe} }}\n"
    )
    server = subprocess.Popen(
        [str(NGINX), "-p", str(folder), "-c", str(folder / "nginx.conf")],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        end = time.monotonic() + 30
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=5).close()
                break
            except OSError:
                assert time.monotonic() < end, (folder / "error.log").read_text()
                time.sleep(0.05)
        yield
    finally:
        server.terminate()
        server.wait(30)


def test_behind_a_tls_proxy(browser: Browser, home: Path, tmp_path: Path) -> None:
    if NGINX is None or not shutil.which("openssl"):
        if os.environ.get("CI"):
            pytest.fail("nginx is not installed: .ci/run installs it")
        pytest.skip("needs Debian's nginx-light and openssl")
    port, behind = _free_port(), _free_port()
    public = f"https://localhost:{port}"
    with (
        serving(home, "--public-url", public, port=behind) as server,
        proxy(tmp_path / "nginx", port, behind),
    ):
        tab = browser.tab("about:blank")
        tab.do("Security.setIgnoreCertificateErrors", ignore=True)
        tab.do("Page.navigate", url=f"{public}/")
        tab.expect(LOGIN, timeout=60).type(ENTER)
        tab.expect(MENU)
        assert tab.complaints() == []
        # Past the proxy the server answers nobody: that is not its name.
        plain = browser.tab(f"http://127.0.0.1:{behind}/")
        Clerk(plain, home).until(
            lambda: "Fel adress" in str(plain.run("document.body.innerText")), "refused"
        )
        tab.close()
        plain.close()
        server.expect_programs(0)
