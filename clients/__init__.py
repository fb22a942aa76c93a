"""Typed clients of both platforms: no Flask, no database, nothing of ours imported."""
