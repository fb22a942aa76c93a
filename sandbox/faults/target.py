"""What a request is aimed at, in the words that rules use: `POST product/products`, `GET catalog/products`."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import parse_qs

from sandbox.tiktok.gateway import CATEGORIES

TIKTOK, BIGCOMMERCE = "tiktok", "bigcommerce"
PLATFORMS = (TIKTOK, BIGCOMMERCE)
TOKEN_HOST = "/api/v2/token/"  # an address


@dataclass(frozen=True)
class Target:
    """One API call. `gated`: it passes admission (token, rate) before its endpoint; token hosts have none."""

    platform: str
    name: str
    store_hash: str
    gated: bool
    environ: dict[str, Any]

    def fits(self, pattern: str) -> bool:
        return pattern == "*" or fnmatchcase(self.name, pattern)

    @property
    def token(self) -> str:
        """The access token of the call."""
        header = "HTTP_X_TTS_ACCESS_TOKEN" if self.platform == TIKTOK else "HTTP_X_AUTH_TOKEN"
        return str(self.environ.get(header, ""))

    @property
    def cipher(self) -> str:
        return parse_qs(str(self.environ.get("QUERY_STRING", ""))).get("shop_cipher", [""])[0]


def target_of(environ: dict[str, Any]) -> Target | None:
    """None for pages, pictures and the control page itself."""
    path, method = str(environ.get("PATH_INFO", "")), str(environ.get("REQUEST_METHOD", ""))
    if path.startswith("/stores/"):
        _, _, store_hash, rest = [*path.split("/", 3), "", ""][:4]
        version, _, name = rest.partition("/")
        return Target(BIGCOMMERCE, f"{method} {name or version}", store_hash, True, environ)
    if path == "/oauth2/token":
        return Target(BIGCOMMERCE, f"{method} oauth2/token", "", False, environ)
    if path.startswith(TOKEN_HOST):
        return Target(TIKTOK, f"{method} token/{path[len(TOKEN_HOST) :]}", "", False, environ)
    category, _, rest = path[1:].partition("/")
    version, _, name = rest.partition("/")
    if category in CATEGORIES and version.isdigit():
        return Target(TIKTOK, f"{method} {category}/{name}", "", True, environ)
    return None
