"""Orders that come from TikTok Shop: statuses, deadlines, grouping, buyers whose data is masked."""
