"""What the tour's buttons set, each through the same functions as the control API."""

from typing import Any

from sandbox.bigcommerce.fill import fill
from sandbox.bigcommerce.seeds import FIRST
from sandbox.catalog import ONE_OF_EACH, stream_catalog
from sandbox.faults.target import TIKTOK
from sandbox.state import Document
from sandbox.tour.guide import Guide

LISTINGS_LEFT = 2


def awkward_products(guide: Guide) -> Document:
    size = len(ONE_OF_EACH.counts)
    drafts = stream_catalog(guide.box.settings.seed + 2, size, ONE_OF_EACH)
    return {"added": fill(guide.bigcommerce.catalog(FIRST), drafts)}


def refuse_everything(guide: Guide) -> Document:
    guide.tiktok.turn(policy="refuse_share", share=1.0)
    return {}


def rule(guide: Guide, **fields: Any) -> Document:
    return {"rule": guide.faults.rules.add({"platform": TIKTOK, **fields})["id"]}


def lose_an_answer(guide: Guide) -> Document:
    return rule(guide, kind="lost_after", match="POST product/products", count=1)


def storm(guide: Guide) -> Document:
    return rule(guide, kind="throttle", match="POST product/products", seconds=20, amount=3)


def few_listings_left(guide: Guide) -> Document:
    """Every authorized shop may list two more products today."""
    limits = {}
    for shop in guide.shops():
        limits[shop["id"]] = shop["daily_listings"]
        listed = guide.tiktok.products.listed_today(shop["id"], guide.tiktok.today(shop))
        guide.tiktok.change_shop(shop["id"], daily_listings=listed + LISTINGS_LEFT)
    return {"limits": limits}


def drop_webhooks(guide: Guide) -> Document:
    guide.faults.webhooks[TIKTOK].set({"drop": 1})
    return {}


def expire_tokens(guide: Guide) -> Document:
    sellers = [seller for seller in guide.tiktok.sellers if guide.authorized(seller)]
    return {"tokens": sum(guide.tiktok.authorizations.expire_access(seller) for seller in sellers)}


def second_writer(guide: Guide) -> Document:
    """Two live products are taken offline in Seller Center."""
    return {"changed": guide.faults.writer.write({"platform": TIKTOK, "what": "status", "count": 2})["changed"]}
