"""What the server answers whoever asks: by its own name only, nothing but its own few files."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.flows.practice import run_pasis
from tests.web.serving import Serving, serving

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    home = tmp_path_factory.mktemp("served") / "home"
    home.mkdir()
    with serving(home) as running:
        yield running


def answer(
    server: Serving, path: str, method: str = "GET", **headers: str
) -> tuple[int, dict[str, str], bytes]:
    asked = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=30)
    asked.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        asked.putheader(name, value)
    asked.endheaders()
    got = asked.getresponse()
    try:
        return got.status, {n.lower(): v for n, v in got.getheaders()}, got.read(1 << 16)
    finally:
        asked.close()


def test_the_page_has_its_headers_and_no_foreign_source(server: Serving) -> None:
    status, headers, body = answer(server, "/")
    assert status == 200
    text = body.decode()
    assert 'lang="sv"' in text
    assert "http" not in text.replace("http-equiv", "")  # nothing is fetched from elsewhere
    rules = headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "frame-ancestors 'none'" in rules
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert headers["server"] == "pasis"


@pytest.mark.parametrize(
    "path",
    [
        "/static",
        "/static/",
        "/static/js/",
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/static//etc/passwd",
        "/static/js/textual.js/../../../app_service.py",
        "/download/x",
        "/.git/config",
        "/static/page.html",
        "/%00",
    ],
)
def test_no_folder_and_no_other_file_is_shown(server: Serving, path: str) -> None:
    status, headers, body = answer(server, path)
    assert status in {400, 404}
    assert b"passwd" not in body
    if status == 404:
        assert "content-security-policy" in headers


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1", "", "localhost:1"]
)
def test_another_name_is_refused(server: Serving, host: str) -> None:
    """A page elsewhere whose name is made to point here (DNS rebinding) gets nothing."""
    assert answer(server, "/", Host=host)[0] in {400, 421}
    assert answer(server, "/ws", Host=host, Origin=f"http://{host}", **UPGRADE)[0] in {400, 421}


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "https://127.0.0.1", "http://127.0.0.1:1"]
)
def test_a_websocket_from_another_site_is_refused(server: Serving, origin: str) -> None:
    assert answer(server, "/ws", Origin=origin, **UPGRADE)[0] == 403
    assert server.programs() == []


def test_a_websocket_that_does_not_say_where_it_is_from_is_refused(server: Serving) -> None:
    assert answer(server, "/ws", **UPGRADE)[0] == 403
    assert server.programs() == []


def test_only_get_is_answered(server: Serving) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "TRACE"):
        assert answer(server, "/", method)[0] == 405
    assert answer(server, "/ws", Origin=server.address)[0] == 400  # no websocket


def test_noise_is_answered_and_not_logged(server: Serving) -> None:
    where = urlsplit(server.address)
    for noise in (
        b"\x16\x03\x01\x02\x00hej\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: \x1b[31m19930714-2381\r\n\r\n",
    ):
        with socket.create_connection((where.hostname, where.port), timeout=30) as line:
            line.sendall(noise)
            assert line.recv(12).startswith(b"HTTP/1.")
    log = server.log.read_text()
    assert "\x1b" not in log
    assert "19930714" not in log
    assert "hej" not in log


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--host", "0.0.0.0"], "--host 0.0.0.0 nås utifrån"),
        (["--public-url", "pasis.example.se"], "ska vara som https://pasis.example.se"),
        (["--public-url", "https://pasis.example.se/pasis"], "utan sökväg"),
        (["--public-url", "https://anna:hemligt@pasis.example.se"], "ska vara som https://"),
        (["--public-url", "https://[::1"], "ska vara som https://"),
        (["--public-url", "http://pasis.example.se"], "ska börja med https://"),
        (["--host", "0.0.0.0", "--public-url", "http://127.0.0.1:8000"], "ska börja med https://"),
        (["--sessions", "0"], "--sessions ska vara 1 eller mer"),
        (["--idle", "0"], "--idle ska vara 1 eller mer"),
        (["--port", "-1"], "--port ska vara 0 till 65535"),
        (["--port", "70000"], "--port ska vara 0 till 65535"),
        (["--date", "igår"], "--date:"),
        (["--host", "192.0.2.1", "--public-url", "https://p.example"], "går inte att lyssna på"),
    ],
)
def test_what_cannot_be_served_is_said(tmp_path: Path, options: list[str], said: str) -> None:
    done = run_pasis("serve", *options, home=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert "hemligt" not in done.stderr
