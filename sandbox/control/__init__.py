"""Being built."""

from flask import Flask

from sandbox.server import Sandbox


def register(app: Flask, box: Sandbox) -> None:
    """Add this package's endpoints to the sandbox."""
