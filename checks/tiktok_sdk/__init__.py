"""Public clients of TikTok Shop, unmodified, against the sandbox."""
