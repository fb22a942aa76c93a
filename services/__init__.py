"""What the app can do, as functions. Pages, jobs and webhooks all call these. They add, change and flush; they never commit."""

from services.setup import install

__all__ = ["install"]
