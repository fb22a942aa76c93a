"""How quickly numbers arrive, which did not, and both sides compared."""

from flask import Response, g, request, url_for

from blueprints.layout import within
from blueprints.page import done, page
from blueprints.stock.routes import frame, standings, stock
from blueprints.stock.rule_pages import chosen
from jobs.launch import launch
from services import activities, streams
from services.activities import OPEN
from services.errors import NotFound
from services.stock import adjustments, comparisons, counting_off, lag, pushes, views

ID = "<int(max=9223372036854775807):activity_id>"


@stock.get("/lag")
def lag_list() -> Response:
    """Percentiles by shop and day, open incidents, the last comparison of each shop."""
    views.demand()
    shops = [g.shop] if g.shop else list(g.shops)
    ids = [shop.id for shop in shops]
    questions = counting_off.questions()
    compared = [(shop, comparisons.last(shop.id)) for shop in shops]
    return page(
        "stock/lag.html",
        "stock/_lag.html",
        days=lag.days(ids),
        incidents=lag.incidents(ids, "open"),
        settled=lag.incidents(ids, "resolved", 20),
        compared=[
            (shop, activity, comparisons.drifts(activity, 100) if activity else [])
            for shop, activity in compared
        ],
        titles=pushes.titles([one.listing_id for one in lag.incidents(ids, "open")]),
        waiting={shop.id: streams.waiting(pushes.KIND, shop.id) for shop in shops},
        standings=standings(),
        open_states=OPEN,
        questions=questions,
        codes=counting_off.codes(questions),
        **frame("lag"),
    )  # fmt: skip


@stock.post("/adjustments/<int(max=9223372036854775807):adjustment_id>")
def adjust(adjustment_id: int) -> Response:
    """A person's word on pieces that BigCommerce did not take, or about which it did not answer."""
    send = request.form.get("send") == "1"
    again = counting_off.decide(g.actor, adjustment_id, send)
    activity = adjustments.pour(again)
    toast = "It is being sent again." if send else "Noted: it is counted in BigCommerce already."
    response = done(url_for("stock.lag_list"), toast=toast, tone="info")
    launch(activity)
    return response


@stock.post("/compare")
def compare() -> Response:
    """Reads every live listing's stock from TikTok; sends nothing."""
    started = comparisons.start(g.actor, chosen())
    toast = "Both sides are being compared already." if started.already else "Both sides are being compared."
    response = done(url_for("stock.lag_list"), toast=toast, tone="info", event="activity-started")
    launch(started.activity)
    return response


@stock.post(f"/repair/{ID}")
def repair(activity_id: int) -> Response:
    """Pushes what a comparison found."""
    activity = activities.get(activity_id)
    shop = next((one for one in g.shops if one.id == activity.shop_id), None)
    if shop is None:
        raise NotFound("This comparison does not exist.", "See stock", "/stock/lag")
    started = comparisons.repair(g.actor, shop, activity)
    response = done(within(f"/activities/{started.activity.id}"), toast="The numbers are being pushed.", tone="info")
    launch(started.activity)
    return response


@stock.get("/push-all")
def push_preview() -> Response:
    """What would be told now, differences only."""
    shop = chosen()
    return page("stock/push.html", shop=shop, dry=pushes.dry_run(shop), **frame("skus"))


@stock.post("/push-all")
def push_everything() -> Response:
    """Tells the shop every number that differs."""
    started = pushes.push_all(g.actor, chosen())
    response = done(within(f"/activities/{started.activity.id}"), toast="The stock is being pushed.", tone="info")
    launch(started.activity)
    return response
