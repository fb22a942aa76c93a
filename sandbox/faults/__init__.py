"""Everything that can be broken on purpose, for both platforms alike: one set of rules in front of every endpoint,
webhook deliveries that go wrong, clocks that are off, somebody else who changes things, and the log of the truth."""

from flask import Flask

from sandbox.box import Sandbox


def register(app: Flask, box: Sandbox) -> None:
    """Put the faults in front of the application; last, because they need both platforms."""
    from sandbox.faults.middleware import Faults

    faults = Faults(app, box)
    app.wsgi_app = faults  # type: ignore[method-assign]
    app.extensions["faults"] = faults
    app.extensions.setdefault("sandbox_resets", []).append(faults.forget)
