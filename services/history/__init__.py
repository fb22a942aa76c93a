"""What listings were: every change that was made, every version that TikTok took; compare, restore, undo."""
