"""The control page: the sandbox's clock, its catalogs, and how well the BigCommerce half behaves."""

from flask import Flask, redirect, request
from werkzeug.wrappers import Response as Answer

from sandbox.box import Sandbox


def register(app: Flask, box: Sandbox) -> None:
    """Add the control page, its JSON twins, and the way from `/` to the control panel."""
    from sandbox.control import api, catalog_pages, faults_api, faults_pages, pages, tour_pages

    app.register_blueprint(pages.control)
    app.register_blueprint(catalog_pages.catalog_control)
    app.register_blueprint(api.control_api)
    app.register_blueprint(faults_api.faults_api)
    app.register_blueprint(faults_pages.faults_pages)
    app.register_blueprint(tour_pages.tour)

    def front_door() -> Answer | None:
        """`/` on the panel's host, or on the bare address, leads to the control panel."""
        if request.path == "/" and request.host.partition(":")[0] in ("localhost", "127.0.0.1"):
            return redirect(f"{box.settings.control_panel_url}/manage/")
        return None

    app.before_request(front_door)
