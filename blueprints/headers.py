"""What every answer carries: the content security policy, caching rules, a request id."""

import re
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from config import Config
from services import logs

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
LARGEST_BODY = 1024 * 1024
UNUSED_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def origin(url: str) -> str:
    """Scheme, host and port of an address; empty when it has none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme and parts.netloc else ""


def content_policy(config: Config) -> str:
    """Nothing from elsewhere but pictures; framed only by those the configuration names."""
    pictures = f" {origin(config.sandbox_url)}" if config.development and config.sandbox_url else ""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            f"img-src 'self' data: https:{pictures}",
            "font-src 'self' data:",
            "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors " + (config.frame_ancestors or "'none'"),
        )
    )


def install(app: Flask, config: Config) -> None:
    """Hooks the headers in; it must come first, so that even a refusal of the guard carries them."""
    policy = content_policy(config)
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY

    @app.before_request
    def name_request() -> None:
        given = request.headers.get("X-Request-Id", "")
        g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(8)
        logs.forget()
        logs.bind(request=g.request_id)

    @app.after_request
    def send_headers(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["Permissions-Policy"] = UNUSED_FEATURES
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"  # TikTok's window opens without an opener
        response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
        if "request_id" in g:
            response.headers["X-Request-Id"] = g.request_id
        if not config.development:
            response.headers["Strict-Transport-Security"] = "max-age=31536000"
        if request.endpoint == "static":
            # The address carries a digest of the file, so a browser may keep it.
            response.headers["Cache-Control"] = "public, max-age=31536000" if "v" in request.args else "no-cache"
        elif "Cache-Control" not in response.headers:
            response.headers["Cache-Control"] = "no-store"
        return response
