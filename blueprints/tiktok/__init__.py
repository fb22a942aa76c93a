"""Connecting TikTok Shop: the way to its consent page and the answer that comes back."""
