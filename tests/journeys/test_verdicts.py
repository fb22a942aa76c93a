"""TikTok's verdicts: a refusal with its reason, and the poll where no webhook comes."""

from typing import Any

import pytest

from tests.journeys.road import Merchant

REASON = "The title names a brand that is not yours."


def test_a_refused_listing_is_cured_and_published_again(merchant: Merchant) -> None:
    merchant.control("tiktok/review", policy="manual")
    merchant.settle_in()
    first, second = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:2]
    merchant.publish([first, second])
    merchant.reaches("in_review", 2)
    ids = {listing.id: listing.tiktok_id for listing in merchant.listings()}
    merchant.control("tiktok/verdict", product_id=ids[first], verdict="refuse", reasons=[REASON])
    merchant.control("tiktok/verdict", product_id=ids[second], verdict="approve")
    counts = merchant.reaches("failed", 1)
    merchant.reaches("live", 1)
    assert counts["in_review"] <= 1

    # The reason stands at the field that cures it.
    (problem,) = [problem for problem in merchant.problems(first) if problem.source == "review"]
    assert problem.field == "title" and REASON in problem.text
    page = merchant.open(f"/listings/{first}")
    assert REASON in page.html.partition('id="field-title"')[2].partition("</section>")[0]
    merchant.press("Save", {"title": "Wide stoneware cup with a slow-pour lid"})

    merchant.control("tiktok/review", policy="approve")
    merchant.open(f"/listings/{first}")
    merchant.follow("Publish again")
    merchant.press("Publish 1 listing")
    merchant.over("publish", 2)
    merchant.reaches("live", 2)
    assert {listing.id: listing.tiktok_id for listing in merchant.listings()}[first] == ids[first]
    assert not [problem for problem in merchant.problems(first) if problem.source != "rules"]
    merchant.nothing_doubled()
    merchant.counts_hold()


def test_the_poll_brings_the_verdict_when_no_webhook_comes(merchant: Merchant, monkeypatch: pytest.MonkeyPatch) -> None:
    platform: Any = merchant.sandbox.app.extensions["tiktok"]
    monkeypatch.setattr(platform.webhooks, "_post", lambda delivery: 0)
    merchant.settle_in()
    ready = [listing.id for listing in merchant.listings() if listing.tab == "ready"][:3]
    merchant.publish(ready)
    merchant.over("publish")
    live = ["ACTIVATE"] * 3
    merchant.until("three verdicts are spoken", lambda: [one["status"] for one in merchant.on_tiktok()] == live)
    merchant.control("clock", advance=90)
    merchant.reaches("live", 3)
    assert not merchant.inbox()
    merchant.nothing_doubled()
