"""The desk as a service of this machine: the page's library behind the guard, and its end.

The library (NiceGUI) holds one application a process, and so does this module: :func:`serve` answers until it is
stopped.
"""

from __future__ import annotations

import errno
import os
import socket
import webbrowser
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from typing import Final

import uvicorn
from fastapi import FastAPI, Request
from nicegui import app as library
from nicegui import core, ui
from starlette.responses import FileResponse, PlainTextResponse, Response

from sim.desk.background import Background
from sim.desk.guard import HOST, LARGEST_BODY, TOKEN, Guard, new_token
from sim.desk.page import STYLE, Service, open_page
from sim.refusal import Refusal
from sim.report.charts.fonts import chinese_font
from sim.report.pages.page import vega_bundle
from sim.report.words.catalogue import both

VEGA: Final = "/desk/vega.js"
FONT: Final = "/desk/chinese-font"  # as the style asks for it
KEEPING: Final = {"cache-control": "private, max-age=86400"}
PENDING: Final = 64  # connections that wait before the server answers
ENDING_SECONDS: Final = 2  # that open pages are given
# That a page may be away, as when it is loaded again, before its runs are stopped. Of it the library makes what a busy
# browser is given to answer in: with five seconds that were two, beside runs that keep all cores busy.
RECONNECT_SECONDS: Final = 15.0


@dataclass(frozen=True)
class Asked:
    """What the command asks for.

    ``listening``: see :func:`listening_at`. ``service``: what all pages share. ``opens_browser``: whether the machine's
    browser is sent to the address.
    """

    listening: socket.socket
    service: Service
    opens_browser: bool


def serve(asked: Asked, background: Background, tell: Callable[[str], None]) -> None:
    """Answer at a loopback address, which is told with its token, until the process is stopped.

    Raises ``KeyboardInterrupt`` when it is stopped by Ctrl-C.
    """
    port = asked.listening.getsockname()[1]
    token = new_token()
    address = f"http://{HOST}:{port}/?{TOKEN}={token}"
    outer = FastAPI(openapi_url=None)
    outer.add_api_route(VEGA, _vega, include_in_schema=False)
    if font := chinese_font():
        outer.add_api_route(FONT, lambda: FileResponse(font, headers=KEEPING), include_in_schema=False)

    def desk(request: Request) -> None:
        open_page(asked.service, background, request, f"http://{HOST}:{port}")

    ui.page("/", title=both("desk.title").en, favicon="🌾")(desk)
    ui.add_head_html(f'<script defer src="{VEGA}"></script>', shared=True)
    ui.add_css(STYLE, shared=True)
    ui.run_with(outer, tailwind=False, reconnect_timeout=RECONNECT_SECONDS, show_welcome_message=False)
    core.sio.eio.cors_allowed_origins = [f"http://{HOST}:{port}"]  # the library lets all in

    def ready() -> None:
        tell(address)
        if asked.opens_browser:
            Thread(target=webbrowser.open, args=(address,), daemon=True).start()

    library.on_startup(ready)
    config = uvicorn.Config(
        Guard(outer, port, token),
        log_level="error",
        access_log=False,
        server_header=False,
        ws_max_size=LARGEST_BODY,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=ENDING_SECONDS,
    )
    uvicorn.Server(config).run(sockets=[asked.listening])


def listening_at(port: int | None) -> socket.socket:
    """A socket on the loopback interface that takes connections from now on; of None at a free port.

    Raises :class:`Refusal` for a port that is in use.
    """
    found = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name != "nt":  # there it would share the port with another program
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((HOST, port or 0))
        found.listen(PENDING)
    except OSError as error:
        found.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            said = both("desk.refused.port", port=str(port))
            raise Refusal(zh=said.zh, en=said.en) from None
        raise
    return found


def _vega() -> Response:
    """Vega, as the pages of the report carry it; its names are its own and take no place of the library's."""
    return PlainTextResponse(
        f"(() => {{{vega_bundle()}}})();",
        media_type="text/javascript",
        headers=KEEPING,
    )
