"""How often each kind of request is taken, by whom it is counted, and the refusal that says when to try again.

Counted by person and store wherever somebody is signed in, because merchants behind one office share an address.
Webhooks have no limit: a refused valid one would be lost, and a forged one costs a hash.
"""

import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

from flask import Flask, current_app, g, request
from werkzeug.exceptions import TooManyRequests

from config import Config
from services.rates import Allowance, Rates

MINUTE, HOUR = 60.0, 3600.0


def address() -> str:
    """The caller's network: an IPv6 customer has 2**64 addresses to choose from."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:
        return "unknown"
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False).network_address)
    return str(found)


def person() -> str:
    return f"{g.store.id}.{g.person.id}"


def store() -> str:
    return str(g.store.id)


def _searches() -> bool:
    return bool(request.args.get("q") or request.args.get("find"))


@dataclass(frozen=True, slots=True)
class Limit:
    """`name`: requests of the same name share one allowance. `when`: which requests of the endpoint count."""

    name: str
    allowance: Allowance
    by: Callable[[], str]
    when: Callable[[], bool] = lambda: True


INSTALL = Limit("install", Allowance(30, MINUTE), address)  # each asks BigCommerce
CONSENT = Limit("consent", Allowance(30, MINUTE), address)  # each may ask TikTok
FORGED = Limit("forged", Allowance(30, MINUTE), address)
OPENED = Limit("opened", Allowance(60, MINUTE), person)
CHANGES = Limit("changes", Allowance(300, MINUTE), person)
SEARCH = Limit("search", Allowance(240, MINUTE), person, _searches)
PREVIEW = Limit("preview", Allowance(240, MINUTE), person)
BULK = Limit("bulk", Allowance(120, MINUTE), person)
PLATFORM = Limit("platform", Allowance(30, MINUTE), person)
PLATFORM_STORE = Limit("platform-store", Allowance(60, MINUTE), store)
IMPORT = Limit("import", Allowance(10, MINUTE), store)
CODE = Limit("code", Allowance(10, 10 * MINUTE), person)
CODE_STORE = Limit("code-store", Allowance(30, HOUR), store)

# Whatever changes something counts as CHANGES besides; see `check`.
LIMITS: dict[str, tuple[Limit, ...]] = {
    "entry.auth": (INSTALL,),
    "tiktok_callback.arrive": (CONSENT,),
    "tiktok.enter_code": (CODE, CODE_STORE),
    "products.index": (SEARCH,),
    "products.preview_stage": (BULK,),
    "products.stage": (BULK,),
    "products.start_import": (IMPORT,),
    "listings.index": (SEARCH,),
    "listings.category": (SEARCH,),
    "listings.bulk_form": (BULK,),
    "listings.bulk_save": (BULK,),
    "listings.confirm": (BULK,),
    "listings.publish": (BULK,),
    "listings.read_needs": (PLATFORM, PLATFORM_STORE),
    "spreadsheets.export": (BULK,),
    "spreadsheets.bring": (IMPORT,),
    "categories.read": (PLATFORM, PLATFORM_STORE),
    "activities.index": (SEARCH,),
    "orders.index": (SEARCH,),
    "orders.choose_product": (SEARCH,),
    "orders.sync": (IMPORT,),
    "orders.start_import": (IMPORT,),
    "orders.scan_options": (IMPORT,),
    "orders.try_again": (BULK,),
    "orders.file": (BULK,),
    "settings.refresh": (PLATFORM, PLATFORM_STORE),
    "settings.profile": (SEARCH,),
    "settings.results": (SEARCH,),
    "settings.preview": (PREVIEW,),
    "settings.choose_category": (PLATFORM, PLATFORM_STORE),
    "wizard.profile": (SEARCH,),
    "wizard.refresh_warehouses": (PLATFORM, PLATFORM_STORE),
    "wizard.choose_category": (PLATFORM, PLATFORM_STORE),
}


class TooOften(TooManyRequests):
    """More than the allowance; `seconds` says when it goes on."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(1, math.ceil(seconds))
        super().__init__(retry_after=self.seconds)


def install(app: Flask, config: Config) -> None:
    app.extensions["rates"] = Rates(config.redis_url, config.rate_limits)


def check() -> None:
    """Refuses a request beyond its allowance. Runs once it is known who asks."""
    for limit in LIMITS.get(request.endpoint or "", ()):
        count(limit)
    if "person" in g and request.method not in ("GET", "HEAD", "OPTIONS"):
        count(CHANGES)


def count(limit: Limit, key: str = "") -> None:
    """Takes one request from an allowance, or refuses. `key`: for whom, where the limit's own way does not know yet."""
    if not limit.when():
        return
    rates: Rates = current_app.extensions["rates"]
    seconds = rates.spend(f"{limit.name}:{key or limit.by()}", limit.allowance)
    if seconds > 0:
        refuse(seconds)


def refuse(seconds: float) -> NoReturn:
    raise TooOften(seconds)
