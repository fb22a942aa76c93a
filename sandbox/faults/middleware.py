"""The faults in front of the whole sandbox, as WSGI: they see a call before anybody else does and its answer last."""

import io
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Flask
from werkzeug.test import run_wsgi_app

from sandbox.bigcommerce.platform import BigCommerce
from sandbox.box import Sandbox
from sandbox.faults import marks
from sandbox.faults.deliveries import WebhookFaults
from sandbox.faults.effects import Effects
from sandbox.faults.kinds import STRIKES, Strike, able
from sandbox.faults.rules import Rules
from sandbox.faults.second_writer import SecondWriter
from sandbox.faults.skew import serving, skew_of, skews
from sandbox.faults.target import PLATFORMS, TIKTOK, Target, target_of
from sandbox.state import Document
from sandbox.tiktok.platform import KNOBS, Platform

Environ = dict[str, Any]
UNKIND = ("honour_idempotency", "search_lag", "hourly_quota", "ip_allow")
"""Knobs of TikTok Shop that belong to the faults."""


class Faults:
    """The WSGI application around the sandbox's own, and everything that can be asked of the faults."""

    def __init__(self, app: Flask, box: Sandbox) -> None:
        self.inner = app.wsgi_app
        self.app, self.box = app, box
        self.tiktok: Platform = app.extensions["tiktok"]
        self.bigcommerce: BigCommerce = app.extensions["bigcommerce"]
        self.rules = Rules(box.state)
        self.effects = Effects(box.state)
        self.skews = skews(box.state)
        self.webhooks = {name: WebhookFaults(box.state, name) for name in PLATFORMS}
        self.writer = SecondWriter(box, self.tiktok, self.bigcommerce)
        self.pending: set[threading.Timer] = set()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        target = target_of(environ)
        serving.seconds = skew_of(self.skews, target.platform) if target and self.skews else 0.0
        if target is None:
            return self.inner(environ, start_response)
        environ[marks.KEY] = {}
        if self.rules.live:
            delay, rule = self.rules.draw(target, self.where, lambda rule, target: able(self, rule, target))
            if delay:
                time.sleep(delay)
            if rule is not None:
                self.buffer(environ)
                answer = STRIKES[rule["kind"]](Strike(self, target, rule, self.rules.amount(rule)), start_response)
                if answer is not None:
                    return answer
        return self.told(environ, self.inner(environ, start_response))

    def where(self, target: Target) -> str:
        """Shop id or store hash that the call concerns; empty for what concerns a seller or an app."""
        if target.platform == TIKTOK:
            return str(self.tiktok.by_cipher.get(target.cipher, {}).get("id", ""))
        return target.store_hash

    def buffer(self, environ: Environ) -> None:
        """Read the body now, so that the call can be answered without its endpoint, or run later."""
        if not isinstance(environ["wsgi.input"], io.BytesIO):
            length = environ.get("CONTENT_LENGTH")
            size = int(length) if length else (-1 if environ.get("wsgi.input_terminated") else 0)
            environ["wsgi.input"] = io.BytesIO(environ["wsgi.input"].read(size))

    def told(self, environ: Environ, answer: Iterable[bytes]) -> Iterable[bytes]:
        """The answer; when it created something, it is noted that the caller got all of it."""
        created = environ[marks.KEY].get(marks.CREATED)
        return self._noting(created, answer) if created else answer

    def _noting(self, created: str, answer: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from answer
            self.effects.answered(created)
        finally:
            close = getattr(answer, "close", None)
            if close:
                close()

    def effect(self, environ: Environ, stage: str = "") -> tuple[str, Any, bytes, Document]:
        """Run the real endpoint now: status, headers, body and what it marked. `stage`: see `marks`."""
        environ["wsgi.input"].seek(0)
        found: Document = {marks.STAGE: stage}
        body, status, headers = run_wsgi_app(self.inner, {**environ, marks.KEY: found}, buffered=True)
        return status, headers, b"".join(body), found

    def later(self, seconds: float, environ: Environ) -> None:
        """Let the effect happen in the background; a sandbox that is killed meanwhile forgets it."""
        kept = {name: value for name, value in environ.items() if not name.endswith((".socket", ".request"))}

        def run() -> None:
            try:
                self.effect(kept, marks.EFFECT)
            finally:
                self.pending.discard(timer)

        timer = threading.Timer(seconds, run)
        timer.daemon = True
        self.pending.add(timer)
        timer.start()

    def clocks(self) -> dict[str, float]:
        return {name: skew_of(self.skews, name) for name in PLATFORMS}

    def set_skew(self, platform: str, seconds: float) -> None:
        self.skews[platform] = {"seconds": seconds}

    def quiet(self) -> None:
        """All faults end: rules, webhooks, clocks, and whoever changes things by timer. Planned late effects stay."""
        self.rules.clear()
        self.writer.stop()
        self.tiktok.turn(**{name: KNOBS[name] for name in UNKIND})
        for rows in (self.skews, self.webhooks[TIKTOK].rows):
            for key in rows:
                del rows[key]

    def forget(self) -> None:
        """Start again as on the first day."""
        for timer in list(self.pending):
            timer.cancel()
        self.pending.clear()
        self.quiet()
        self.effects.clear()
