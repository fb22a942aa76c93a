"""A guided tour through the product with its faults: what to do, what to see, and whether it has been seen."""

from flask import Flask

from sandbox.box import Sandbox


def register(app: Flask, box: Sandbox) -> None:
    """Put the witness in front of everything, so that it also sees what the faults answer; last of all."""
    from sandbox.tour.guide import Guide
    from sandbox.tour.witness import Witness

    witness = Witness(app.wsgi_app)
    app.wsgi_app = witness  # type: ignore[method-assign]
    guide = Guide(app, box, witness)
    app.extensions["tour"] = guide
    app.extensions.setdefault("sandbox_resets", []).append(guide.start_again)
