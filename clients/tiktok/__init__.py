"""TikTok Shop's Partner API."""

from clients.tiktok.api import TikTok

__all__ = ["TikTok"]
