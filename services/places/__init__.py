"""Which location is sold from which TikTok warehouse, after the mapping was confirmed: versions, guided changes, third
parties' services."""
