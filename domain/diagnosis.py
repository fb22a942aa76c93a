"""What is wrong with a connection: facts in, findings out, each with the one thing to do. No early stop; a finding that
only follows from another is left out."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PAST, FUTURE = 300, 30  # seconds a request's time may lie behind or ahead of TikTok's (reference 1.10)
SOON = 30  # days
OK, WARNING, DANGER = "ok", "warning", "danger"
SALES = "SALES_WAREHOUSE"
LABELS = {  # features S4-40; the words of Seller Center
    "DOMESTIC_WAREHOUSE": "Local Warehouse",
    "CB_OVERSEA_WAREHOUSE": "Cross-Border Overseas Warehouse",
    "CB_DIRECT_SHIPPING_WAREHOUSE": "Cross-Border Direct Shipping Warehouse",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """`do` is the one thing to do, `url` where (below the store's pages, or empty). `steps`: what was tried already, as
    (name, outcome)."""

    code: str
    subject: str
    level: str
    text: str
    do: str = ""
    url: str = ""
    steps: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What concerns the whole store. `hosts`: name -> found in DNS; `broken`: host -> why no TLS or answer; `skew`: our
    clock minus TikTok's in seconds, None when it did not say."""

    hosts: Mapping[str, bool]
    broken: Mapping[str, str]
    skew: float | None
    app_url: str
    origin: str
    production: bool
    bigcommerce: str = ""  # why BigCommerce refuses us; empty: it answers
    bigcommerce_missing: Sequence[str] = ()
    bigcommerce_hooks: Sequence[str] = ()  # scopes without a working webhook


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """`refused`: why TikTok refused to list the shops, with its code."""

    name: str
    active: bool
    reason: str
    access_seconds: float
    days: int
    missing: Sequence[tuple[str, str]] = ()
    refused: str = ""
    code: str = ""
    silent: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """A warehouse."""

    name: str
    type: str
    status: str
    sub_type: str
    mapped: bool


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """`state`: normal, inactive, refused, unreachable or gone; `waits`: its account needs the seller first.
    `failed`: TikTok's own checks as (what, how to fix it). `warehouse_errors`: items refused for their warehouse
    lately; `before`: how warehouses stood before they were read again."""

    name: str
    shop_id: int
    cross_border: bool
    waits: bool
    state: str
    reason: str = ""
    failed: Sequence[tuple[str, str]] = ()
    places: Sequence[Place] = ()
    read: bool = True
    locked: bool = True
    hooks: Sequence[str] = ()
    warehouse_errors: int = 0
    before: Mapping[str, str] = field(default_factory=dict)


def surroundings(facts: Surroundings) -> Iterator[Finding]:
    """DNS, TLS, clock, addresses, BigCommerce."""
    lost = [host for host, found in facts.hosts.items() if not found]
    for host in lost:
        yield Finding(
            "dns", host, DANGER, f"The name {host} is not found from this server.",
            "Give the server another DNS resolver (OpenDNS, Google Public DNS). If only a browser cannot open TikTok's "
            "page, change the DNS there, or use a VPN that ends in the shop's country.",
        )  # fmt: skip
    if not lost:
        yield Finding("dns", "DNS", OK, f"All {len(facts.hosts)} names of the platforms are found.")
    broken = {host: why for host, why in facts.broken.items() if host not in lost}
    for host, why in broken.items():
        word = "tls" if "certificate" in why.lower() or "ssl" in why.lower() else "reach"
        yield Finding(
            word, host, DANGER, f"{host} does not answer us properly ({why}).",
            "Update the server's certificates." if word == "tls" else "Open the firewall or proxy for it.",
        )  # fmt: skip
    if not broken and not lost:
        yield Finding("tls", "TLS", OK, "The platforms answer over connections that are checked.")
    if facts.skew is None:
        yield Finding("clock", "Clock", WARNING, "TikTok did not tell its time, so ours could not be compared.")
    elif facts.skew > FUTURE or facts.skew < -PAST:
        way = "ahead of" if facts.skew > 0 else "behind"
        yield Finding(
            "clock", "Clock", DANGER, f"This server's clock is {abs(facts.skew):.0f} seconds {way} TikTok's; TikTok "
            f"refuses more than {FUTURE} ahead and {PAST} behind.",
            "Switch on time synchronisation (NTP) on the server.",
        )  # fmt: skip
    else:
        yield Finding("clock", "Clock", OK, f"This server's clock is within {abs(facts.skew):.0f} seconds of TikTok's.")
    yield _redirect(facts)
    yield from _bigcommerce(facts)


def _redirect(facts: Surroundings) -> Finding:
    callback = f"{facts.app_url.rstrip('/')}/tiktok/callback"
    parts = urlsplit(facts.app_url)
    if facts.production and parts.scheme != "https":
        return Finding(
            "redirect", "Redirect address", DANGER, f"APP_URL is {facts.app_url}, which is not https; TikTok sends "
            "sellers back to https only.", "Set APP_URL to the public https address and restart.",
        )  # fmt: skip
    if f"{parts.scheme}://{parts.netloc}" != facts.origin:
        return Finding(
            "redirect", "Redirect address", DANGER, f"You opened the app at {facts.origin}, but APP_URL says "
            f"{facts.app_url}: TikTok would send sellers to {callback}, which is not here.",
            "Set APP_URL to the address the app is opened at and register the same redirect address in Partner Center.",
        )  # fmt: skip
    return Finding(
        "redirect",
        "Redirect address",
        OK,
        f"Sellers come back to {callback}. The same address must stand in Partner Center.",
    )


def _bigcommerce(facts: Surroundings) -> Iterator[Finding]:
    if facts.bigcommerce:
        yield Finding(
            "bigcommerce", "BigCommerce", DANGER, f"BigCommerce does not accept the app ({facts.bigcommerce}).",
            "Open the app from the control panel again; if this stays, uninstall it there and install it again.",
        )  # fmt: skip
        return
    if facts.bigcommerce_missing:
        yield Finding(
            "bigcommerce_scopes", "BigCommerce", DANGER,
            f"The app lacks scopes in BigCommerce: {'; '.join(facts.bigcommerce_missing)}.",
            "Add the scopes in the Developer Portal, then open the app again and agree.",
        )  # fmt: skip
    if facts.bigcommerce_hooks:
        yield Finding(
            "bigcommerce_webhooks", "BigCommerce webhooks", WARNING,
            f"Webhooks that are off or gone: {', '.join(facts.bigcommerce_hooks)}. Changes are still found by the "
            "regular look.", "Nothing now: they are registered again by themselves within 12 hours.",
        )  # fmt: skip
    if not facts.bigcommerce_missing and not facts.bigcommerce_hooks:
        yield Finding("bigcommerce", "BigCommerce", OK, "BigCommerce accepts the app and its webhooks are on.")


def account(facts: AccountFacts) -> Iterator[Finding]:
    """Token, consent, permissions, the right login."""
    again = "/settings/authorization"
    if not facts.active:
        yield Finding(
            "token", facts.name, DANGER, f"TikTok no longer accepts the permission ({facts.reason}).",
            f"Reconnect, signed in to TikTok as “{facts.name}”.", again,
        )  # fmt: skip
        return
    if facts.code == "105005":
        yield Finding(
            "scope", facts.name, DANGER, "TikTok refuses us for a permission that was not granted (code 105005).",
            "Re-authorise; TikTok then asks for all permissions.", again,
        )  # fmt: skip
    elif facts.refused:
        yield Finding(
            "owner", facts.name, DANGER, f"TikTok refuses to list the shops ({facts.refused}).",
            "Re-authorise with the login of the shop's owner, not a staff member's.", again,
        )  # fmt: skip
    elif facts.silent:
        yield Finding(
            "reach", facts.name, WARNING, f"TikTok did not answer ({facts.silent}).", "Press “Run again” in a minute."
        )
    elif facts.access_seconds <= 0:
        yield Finding(
            "token_age", facts.name, WARNING, "The key has run out and was not renewed yet.",
            "See that the clock process runs; it renews keys every ten minutes.",
        )  # fmt: skip
    else:
        yield Finding("token", facts.name, OK, "TikTok accepts the key.")
    if facts.missing and facts.code != "105005":
        told = "; ".join(f"{word}: {without}" for word, without in facts.missing)
        yield Finding("scope", facts.name, WARNING, f"Permissions are missing: {told}.", "Re-authorise.", again)
    if facts.days < SOON:
        yield Finding(
            "consent_end", facts.name, WARNING, f"The consent ends in {max(facts.days, 0)} days.",
            "Reconnect before that day and nothing stops.", again,
        )  # fmt: skip


def shop(facts: ShopFacts) -> Iterator[Finding]:
    """State, TikTok's own checks, warehouses, webhooks. A shop whose account waits has no findings of its own."""
    if facts.waits:
        return
    if facts.state == "inactive":
        yield Finding(
            "shop_state", facts.name, DANGER, "TikTok has closed or banned the shop. This is no trouble of warehouses: "
            "nothing else is looked at until it is open.",
            "Open Seller Center and follow the notice on its start page.",
        )  # fmt: skip
        return
    if facts.state == "gone":
        yield Finding(
            "shop_gone", facts.name, DANGER, "TikTok no longer names the shop under this permission: it was unbound.",
            "Bind it again in Seller Center, or disconnect it here.", "/settings/authorization",
        )  # fmt: skip
        return
    if facts.state in ("refused", "unreachable"):
        yield Finding(
            "shop_answer", facts.name, WARNING, f"TikTok does not answer for the shop ({facts.reason}).",
            "Press “Run again” in a minute.",
        )  # fmt: skip
        return
    yield Finding("shop_state", facts.name, OK, "The shop is open.")
    for what, fix in facts.failed:
        yield Finding("shop_check", facts.name, WARNING, f"TikTok's check failed: {what}.", fix)
    yield from warehouses(facts)
    if facts.hooks:
        yield Finding(
            "webhooks", facts.name, WARNING,
            f"Webhooks that do not lead here: {', '.join(facts.hooks)}. Changes are still found by the "
            "regular look.", "Register them again.", "register",
        )  # fmt: skip
    else:
        yield Finding("webhooks", facts.name, OK, "Webhooks lead here.")


def warehouses(facts: ShopFacts) -> Iterator[Finding]:
    """*Invalid platform warehouse status* and what leads to it, in four steps that were run already (features S4-33 to
    S4-39): status, read again, the mapping, cross-border."""
    where = f"/settings/warehouses?shop={facts.shop_id}"
    if not facts.read:
        yield Finding(
            "warehouses_unread",
            facts.name,
            WARNING,
            "TikTok did not tell the warehouses.",
            "Press “Run again” in a minute.",
        )
        return
    sales = [place for place in facts.places if place.type == SALES]
    mapped = [place for place in sales if place.mapped]
    stuck = [place for place in mapped if place.status != "ENABLED"]
    healed = [
        name for name, status in facts.before.items() if status != "ENABLED" and name not in {p.name for p in stuck}
    ]
    misplaced = _misplaced(facts, sales)
    steps = (
        (
            "Status",
            "The shop is open. " + (_named("cannot sell", stuck) if stuck else "All mapped warehouses can sell."),
        ),
        (
            "Read again",
            "Read just now" + (f": {', '.join(healed)} can sell again." if healed else ", without a change."),
        ),
        ("Mapping", _named("must be mended or replaced", stuck) if stuck else "Nothing to change."),
        ("Cross-border", misplaced or ("Nothing to change." if facts.cross_border else "Not a cross-border shop.")),
    )
    if not any(place.status == "ENABLED" for place in sales):
        yield Finding(
            "no_warehouse", facts.name, DANGER, "No sales warehouse is enabled.",
            "Seller Center → Account settings → Warehouse settings: add or enable one, then run again.", "", steps,
        )  # fmt: skip
    elif not facts.locked:
        yield Finding("unmapped", facts.name, WARNING, "The warehouses are not mapped yet.", "Map them.", where)
    elif stuck and all(place.status == "RESTRICTED" for place in stuck):
        yield Finding(
            "warehouse_restricted", facts.name, WARNING, _named("is in holiday mode or at its order limit", stuck),
            "End holiday mode in Seller Center; the mapping stays as it is.", "", steps,
        )  # fmt: skip
    elif stuck:
        yield Finding(
            "warehouse_status", facts.name, DANGER,
            f"Invalid platform warehouse status: {_named('cannot sell', stuck)}",
            "Enable it in Seller Center. If it is gone for good, map another; those without trouble stay as they are.",
            where, steps,
        )  # fmt: skip
    elif misplaced:
        yield Finding("warehouse_kind", facts.name, WARNING, misplaced, "Map the matching warehouse.", where, steps)
    elif facts.warehouse_errors:
        yield Finding(
            "warehouse_errors", facts.name, WARNING,
            f"{facts.warehouse_errors} items were refused for their warehouse lately; the warehouses are in order now.",
            "Retry them.", "/activities/", steps,
        )  # fmt: skip
    else:
        yield Finding("warehouses", facts.name, OK, f"{len(mapped)} mapped warehouses can sell.", steps=steps)


def _named(what: str, places: Sequence[Place]) -> str:
    return f"{', '.join(f'“{place.name}” ({place.status.lower()})' for place in places)} {what}."


def _misplaced(facts: ShopFacts, sales: Sequence[Place]) -> str:
    """A cross-border shop that sells from a local warehouse while it has an overseas one (features S4-37). A direct
    shipping warehouse stays as it is (S4-39)."""
    local = [place for place in sales if place.mapped and place.sub_type == "DOMESTIC_WAREHOUSE"]
    oversea = [place for place in sales if place.sub_type == "CB_OVERSEA_WAREHOUSE" and place.status == "ENABLED"]
    if not facts.cross_border or not local or not oversea:
        return ""
    return (
        f"“{local[0].name}” is a {LABELS['DOMESTIC_WAREHOUSE']}; a cross-border shop sells from its "
        f"{LABELS['CB_OVERSEA_WAREHOUSE']} “{oversea[0].name}”."
    )
