"""Whether a step has happened, by the sandbox's own truth: what it holds, what it was asked, what it answered."""

import time

from sandbox.bigcommerce.seeds import FIRST
from sandbox.control.catalog_actions import troubles_of
from sandbox.faults.target import BIGCOMMERCE, TIKTOK
from sandbox.state import Document
from sandbox.tour.guide import Finding, Guide

CREATE = "POST product/products"
DAILY_LIMIT = 12052093  # reference 4.9
READS = ("GET product/products/*", "POST product/products/search")


def times(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def installed(guide: Guide, _row: Document) -> Finding:
    names = [store["name"] for store in guide.bigcommerce.stores.values() if store["installed"]]
    return Finding(bool(names), f"Installed in {', '.join(names)}." if names else "No store has the app yet.")


def connected(guide: Guide, _row: Document) -> Finding:
    names = [shop["name"] for shop in guide.shops()]
    return Finding(bool(names), f"Authorized: {', '.join(names)}." if names else "No seller has given consent yet.")


def imported(guide: Guide, _row: Document) -> Finding:
    pages = guide.witness.since(0, BIGCOMMERCE, "GET catalog/products")
    catalog = guide.bigcommerce.catalog(FIRST)
    held = f"The store has {times(len(catalog.ids), 'product')}, {len(troubles_of(catalog)):,} with trouble"
    if not any(call.status == 200 for call in pages):
        return Finding(False, f"{held}. The app has not asked for them yet.")
    return Finding(True, f"{held}; the app has read {times(len(pages), 'page')} of them.")


def profiled(guide: Guide, _row: Document) -> Finding:
    asked = guide.witness.since(0, TIKTOK, "GET product/categories/*/attributes")
    if not asked:
        return Finding(False, "The app has not asked TikTok Shop what a category wants.")
    return Finding(True, "The app has asked TikTok Shop what your category wants.")


def live(guide: Guide, _row: Document) -> Finding:
    rows = list(guide.tiktok.products.products.values())
    count = sum(row["status"] == "ACTIVATE" for row in rows)
    waiting = sum(row["audit"]["status"] == "AUDITING" for row in rows)
    words = f"{times(count, 'product')} live on TikTok Shop, {waiting:,} in review."
    return Finding(count > 0, words if rows else "TikTok Shop has no product yet.")


def refused(guide: Guide, row: Document) -> Finding:
    found = [
        product
        for product in guide.tiktok.products.products.values()
        if product["audit"]["status"] == "FAILED" and product["update_time"] >= row["box_began"]
    ]
    if not found:
        return Finding(False, "No product has been refused since.")
    return Finding(
        True, f"{times(len(found), 'product')} refused: “{found[-1]['audit_failed_reasons'][0]['reasons'][0]}”"
    )


def looked_up(guide: Guide, row: Document) -> Finding:
    report = guide.faults.effects.report(guide.tiktok)
    if report["doubled"]:
        return Finding(False, f"{times(len(report['doubled']), 'reference')} on more than one product.", wrong=True)
    lost = [one for one in report["products"] if not one["answered"] and one["created"] >= row["box_began"]]
    if not lost:
        return Finding(False, "No answer has been lost yet.")
    number = lost[0]["id"]
    searches = guide.witness.since(row["began"], TIKTOK, "POST product/products/search")
    read = guide.witness.since(row["began"], TIKTOK, f"GET product/products/{number}")
    if not searches or not any(call.status == 200 for call in read):
        return Finding(False, f"Product {number} exists and nobody was told. The app waits before it looks.")
    return Finding(True, f"Product {number} exists, nobody was told; it was searched for, found, and created once.")


def weathered(guide: Guide, row: Document) -> Finding:
    calls = guide.witness.since(row["began"], TIKTOK, CREATE)
    refusals = [call for call in calls if call.status == 429]
    if not refusals:
        return Finding(False, "No call has been answered 429 yet.")
    after = [call for call in calls if call.at > refusals[-1].at and (call.status, call.code) == (200, 0)]
    told = f"{times(len(refusals), 'call was', 'calls were')} answered 429"
    if not after:
        return Finding(False, f"{told}; none has gone through since.")
    return Finding(True, f"{told}; the app waited and went on {after[0].at - refusals[-1].at:.0f} s after the last.")


def limited(guide: Guide, row: Document) -> Finding:
    calls = guide.witness.since(row["began"], TIKTOK, CREATE, "PUT product/products/*")
    taken = sum((call.status, call.code) == (200, 0) for call in calls)
    if not any(call.code == DAILY_LIMIT for call in calls):
        return Finding(False, f"{times(taken, 'listing')} taken since; the limit is not reached.")
    return Finding(
        True, f"{times(taken, 'listing')} taken, then refused with {DAILY_LIMIT}. The rest waits for tomorrow."
    )


def polled(guide: Guide, row: Document) -> Finding:
    verdicts = [
        product
        for product in guide.tiktok.products.products.values()
        if product["audit"]["status"] in ("APPROVED", "FAILED") and product["update_time"] >= row["box_began"]
    ]
    if not verdicts:
        return Finding(False, "No verdict has been given since.")
    first = min(product["update_time"] for product in verdicts)
    lag = guide.box.clock.now() - time.time()
    asked = [call for call in guide.witness.since(row["began"], TIKTOK, *READS) if call.at + lag >= first]
    told = f"{times(len(verdicts), 'verdict')} given, no webhook sent"
    if not asked:
        return Finding(False, f"{told}; the app has not asked yet. It does so every minute.")
    return Finding(True, f"{told}; the app asked by itself.")


def renewed(guide: Guide, row: Document) -> Finding:
    calls = guide.witness.since(row["began"], TIKTOK, "*")
    if not row.get("tokens"):
        return Finding(False, "There was no token to end. Connect a shop first.", wrong=True)
    renewals = [call for call in calls if call.name.endswith(" token/refresh") and (call.status, call.code) == (200, 0)]
    if not renewals:
        return Finding(False, "The app has not asked for a new token yet.")
    refusals = sum(call.status == 401 for call in calls)
    return Finding(True, f"{times(refusals, 'call was', 'calls were')} refused, then the token was renewed "
                         f"{times(len(renewals), 'time')}.")  # fmt: skip


def noticed(guide: Guide, row: Document) -> Finding:
    changed = row.get("changed", [])
    if not changed:
        return Finding(False, "There was no product to take offline. Publish some first.", wrong=True)
    names = [f"GET product/products/{number}" for number in changed]
    asked = guide.witness.since(row["began"], TIKTOK, *names, "POST product/products/search")
    arrived = [
        one
        for one in guide.tiktok.webhooks.deliveries.values()
        if one["state"] == "delivered" and any(number in one["body"] for number in changed)
        and one["attempts"][-1]["at"] >= row["box_began"]
    ]  # fmt: skip
    told = f"{times(len(changed), 'product')} taken offline in Seller Center"
    if not asked and not arrived:
        return Finding(False, f"{told}; the app does not know yet.")
    return Finding(
        True, f"{told}; the app was told {times(len(arrived), 'time')} and asked {times(len(asked), 'time')}."
    )


def survived(guide: Guide, row: Document) -> Finding:
    if guide.witness.began <= row["began"]:
        return Finding(False, "The sandbox has not been restarted since.")
    report = guide.faults.effects.report(guide.tiktok)
    if report["doubled"]:
        return Finding(False, f"{times(len(report['doubled']), 'reference')} on more than one product.", wrong=True)
    lag = guide.box.clock.now() - time.time()
    after = [one for one in report["products"] if one["created"] - lag >= guide.witness.began - 1]
    if not after:
        return Finding(False, "Restarted; nothing has been published since.")
    return Finding(True, f"Restarted; {times(len(after), 'product')} published since, every one exactly once.")
