"""Nobody else gets in: every request and every socket is looked at before the page's library sees it.

The desk answers on the loopback interface, where any page that a browser shows and any program of any user of the
machine can knock. So a request must name this very address as its host (else a foreign name that resolves to the
loopback would do), must not come from a page of another origin, and must carry the token that only the printed
address holds, from then on as a cookie.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.report.words.catalogue import LANGUAGES, text

HOST: Final = "127.0.0.1"
TOKEN: Final = "token"  # the field of the printed address
TOKEN_BYTES: Final = 32
LARGEST_BODY: Final = 1_000_000  # bytes of a request; of a scenario file at most 200,000 are read
LONGEST_ADDRESS: Final = 16_000  # characters of path and query
ALLOWED_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
SAFE_METHODS: Final = frozenset({"GET", "HEAD"})
CLOSED_BY_RULE: Final = 1008  # of a websocket: policy violation, RFC 6455

# The library of the page makes functions from texts and writes scripts into the page, so both must be allowed;
# what the policy holds is that nothing is loaded from, sent to or framed by anybody else.
POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' ws://{address}",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)


def new_token() -> str:
    """What the printed address carries; of the system's generator, since nobody may be able to draw it again."""
    return secrets.token_urlsafe(TOKEN_BYTES)


class Guard:
    """An ASGI application that lets through to another one only what its own page asks for.

    ``port``: where the desk answers, on :data:`HOST`. ``token``: see :func:`new_token`. What is refused gets one
    sentence in both languages: 403 without the token or from another origin, 421 for another host, 405, 413, 414.
    """

    def __init__(self, app: ASGIApp, port: int, token: str) -> None:
        self._app = app
        self._token = token
        self._address = f"{HOST}:{port}"
        self._origin = f"http://{self._address}"
        # Cookies are shared by all ports of a host: each desk has its own.
        self._cookie = f"shukun_desk_{port}"
        self._headers = {
            "content-security-policy": POLICY.format(address=self._address),
            "x-frame-options": "DENY",
            "x-content-type-options": "nosniff",
            "referrer-policy": "no-referrer",
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a request, let its sender in, or hand it on."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        response = self._refusal(scope, headers) or self._entry(scope, headers)
        if scope["type"] == "websocket":
            if response is None:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": CLOSED_BY_RULE})
            return
        answering = self._with_headers(send)
        if response is not None:
            await response(scope, receive, answering)
            return
        body = _Body(receive, answering)
        await self._app(scope, body.receive, body.send)

    def _refusal(self, scope: Scope, headers: Headers) -> Response | None:
        """What a request is refused with whoever sends it."""
        method = scope.get("method", "GET")
        is_socket = scope["type"] == "websocket"
        if headers.getlist("host") != [self._address]:
            return _refused("host", 421, address=self._address)
        if method not in ALLOWED_METHODS:
            return _refused("method", 405)
        origins = headers.getlist("origin")
        must_say = is_socket or method not in SAFE_METHODS
        if origins != [self._origin] and (origins or must_say):
            return _refused("origin", 403, address=self._address)
        # Pages of other ports of this host count as the same site, to which even strict cookies are sent.
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return _refused("origin", 403, address=self._address)
        if len(scope.get("raw_path", b"")) + len(scope.get("query_string", b"")) > LONGEST_ADDRESS:
            return _refused("too_long", 414)
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdecimal()) or int(length) > LARGEST_BODY:
            return _refused("too_large", 413)
        return None

    def _entry(self, scope: Scope, headers: Headers) -> Response | None:
        """None for who has the cookie; who brings the token gets it and goes on without the token in the address."""
        if self._is_token(_cookies(headers).get(self._cookie, "")):
            asked = _query(scope)
            if scope["type"] == "websocket" or TOKEN not in dict(asked):
                return None
        else:
            asked = _query(scope)
            if scope["type"] == "websocket" or not self._is_token(dict(asked).get(TOKEN, "")):
                return _refused("token", 403)
        rest = urlencode([(name, value) for name, value in asked if name != TOKEN])
        response = RedirectResponse(f"/?{rest}" if rest else "/", status_code=303)
        response.set_cookie(self._cookie, self._token, httponly=True, samesite="strict", path="/")
        response.headers["cache-control"] = "no-store"
        return response

    def _is_token(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._token.encode())

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=message.setdefault("headers", []))
                for name in [name for name in headers if name.startswith("access-control-")]:
                    del headers[name]
                headers.update(self._headers)
                if headers.get("content-type", "").startswith("text/html"):
                    headers["cache-control"] = "no-store"
            await send(message)

        return sending


class _Body:
    """What a request sends, up to the limit, whatever length it announced; beyond it, it is refused and over."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive, self._send = receive, send
        self._taken = 0
        self._is_answered = False

    async def receive(self) -> Message:
        if self._taken > LARGEST_BODY:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._taken += len(message.get("body", b""))
        if self._taken <= LARGEST_BODY:
            return message
        if not self._is_answered:
            response = _refused("too_large", 413)
            response.headers["connection"] = "close"
            await response({"type": "http"}, self._receive, self._send)
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if self._taken > LARGEST_BODY:
            return
        self._is_answered = True
        await self._send(message)


def _cookies(headers: Headers) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in headers.getlist("cookie"):
        try:
            found |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        except CookieError:
            continue
    return found


def _query(scope: Scope) -> list[tuple[str, str]]:
    try:
        return parse_qsl(scope.get("query_string", b"").decode("latin-1"), max_num_fields=20)
    except ValueError:
        return []


def _refused(why: str, status: int, **values: Any) -> Response:
    said = "".join(f'<p lang="{lang}">{escape(text(f"desk.refused.{why}", lang, **values))}</p>' for lang in LANGUAGES)
    return HTMLResponse(f'<!doctype html><meta charset="utf-8"><title>Shukun</title>{said}', status_code=status)
