"""The TikTok Shop half of the sandbox: gateway, token host, consent pages, media, control page."""

from __future__ import annotations

from flask import Flask

from sandbox.box import Sandbox


def register(app: Flask, box: Sandbox) -> None:
    """Add everything to the application; importing the endpoint modules fills the table of endpoints."""
    from sandbox.faults.skew import PlatformBox
    from sandbox.tiktok import (  # noqa: F401 - imported for what they register
        brands,
        categories,
        consent,
        control,
        control_api,
        date_header,
        events,
        gateway,
        global_products,
        media,
        prices,
        product_search,
        product_status,
        products,
        review,
        semi,
        shops,
        stock,
        tokens,
        warehouses,
    )
    from sandbox.tiktok.after_sales import (  # noqa: F401 - imported for what they register
        cancellations,
        cancelling,
        eligibility,
        returning,
        returns,
    )
    from sandbox.tiktok.buyers import api as buyers_api
    from sandbox.tiktok.buyers import pages as buyers_pages
    from sandbox.tiktok.finance import read as read_money  # noqa: F401 - imported for what it registers
    from sandbox.tiktok.finance import settle
    from sandbox.tiktok.orders import external, machine, read  # noqa: F401 - imported for what they register
    from sandbox.tiktok.packages import (  # noqa: F401 - imported for what they register
        change,
        divide,
        documents,
        services,
        ship,
        slots,
    )
    from sandbox.tiktok.packages import read as read_packages  # noqa: F401
    from sandbox.tiktok.platform import Platform

    shared = Platform(PlatformBox(box, "tiktok"))
    app.extensions["tiktok"] = shared
    app.extensions.setdefault("sandbox_resets", []).append(shared.reset)
    for part in (review, machine, cancelling, returning, settle):
        part.register(shared)
    date_header.follow(box.clock)
    for module in (gateway, tokens, consent, media, control, control_api, buyers_api, buyers_pages, documents, semi):
        app.register_blueprint(module.blueprint)
