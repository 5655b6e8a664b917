"""A file server on this machine whose answers a test scripts."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Script:
    """What the server has, how it answers next, and what it was asked.

    Attributes:
        body: The file.
        headers: Headers of answers that give it, or a part of it.
        refusals: Status and headers of the first answers.
        cuts: How many bytes to send before the connection breaks, for each of the first answers that give bytes.
        hang: Wait for this before a connection breaks.
        late: Wait for this before any answer.
        checks_version: Whether it honours If-Range, as it must.
        tells_length: Whether it sends Content-Length.
        asked: Headers of the requests so far.
        url: Address of the file.
    """

    body: bytes = b""
    headers: dict[str, str] = field(default_factory=lambda: {"ETag": '"one"'})
    refusals: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    hang: threading.Event | None = None
    late: threading.Event | None = None
    checks_version: bool = True
    tells_length: bool = True
    asked: list[dict[str, str]] = field(default_factory=list)
    url: str = ""

    @property
    def ranges(self) -> list[str | None]:
        """The parts that were asked for."""
        return [headers.get("Range") for headers in self.asked]

    def answer(self, asked: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the next answer."""
        self.asked.append(asked)
        if self.refusals:
            return *self.refusals.pop(0), b"no"
        wanted = asked.get("Range")
        if wanted is None or (self.checks_version and asked["If-Range"] not in self.headers.values()):
            return 200, self.headers, self.body
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(self.body):
            return 416, {}, b""
        span = f"bytes {start}-{len(self.body) - 1}/{len(self.body)}"
        return 206, {"Content-Range": span, **self.headers}, self.body[start:]


class _Handler(BaseHTTPRequestHandler):
    script: Script

    def do_GET(self) -> None:
        status, headers, body = self.script.answer(dict(self.headers))
        if self.script.late is not None:
            self.script.late.wait(20)
        self.send_response(status)
        if self.script.tells_length:
            headers = {"Content-Length": str(len(body)), **headers}
        for key, value in headers.items():
            self.send_header(key, value)
        with suppress(ConnectionError):  # the client went away, as some tests mean it to
            self._send(status, body)

    def _send(self, status: int, body: bytes) -> None:
        self.end_headers()
        cut = self.script.cuts.pop(0) if self.script.cuts and status in (200, 206) else len(body)
        self.wfile.write(body[:cut])
        if cut < len(body) and self.script.hang is not None:
            self.script.hang.wait(20)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


@contextmanager
def serve(script: Script) -> Iterator[Script]:
    """Answer on a free port of 127.0.0.1 while the block runs."""
    handler = type("Handler", (_Handler,), {"script": script})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    script.url = f"http://127.0.0.1:{server.server_port}/some/file.zip"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
