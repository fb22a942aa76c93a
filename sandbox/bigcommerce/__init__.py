"""The BigCommerce half: OAuth, the store APIs, webhooks, pictures and a stand-in for the control panel."""

from flask import Flask

from sandbox.box import Sandbox


def register(app: Flask, box: Sandbox) -> None:
    """Add BigCommerce's endpoints and the control panel to the sandbox."""
    from sandbox.bigcommerce import (
        api,
        groups,
        hooks,
        images,
        inventory,
        oauth,
        panel,
        panel_apps,
        panel_developer,
        panel_orders,
        panel_stock,
        platform,
        products,
        store,
        variants,
    )
    from sandbox.bigcommerce.orders import endpoints, shipping_endpoints
    from sandbox.faults.skew import PlatformBox

    catalog = (groups, hooks, inventory, products, store, variants)
    registering = (*catalog, panel_apps, panel_developer, panel_orders, panel_stock, endpoints, shipping_endpoints)
    assert all(registering)  # noqa: S101 - imported for the endpoints they add to the blueprints
    app.extensions["bigcommerce"] = platform.BigCommerce(PlatformBox(box, "bigcommerce"))
    app.register_blueprint(api.api)
    app.register_blueprint(oauth.oauth)
    app.register_blueprint(images.files)
    app.register_blueprint(panel.panel)
