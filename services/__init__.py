"""What the app can do, as functions that pages, jobs and webhooks call. They add, change and flush; never commit."""

from services.setup import install

__all__ = ["install"]
