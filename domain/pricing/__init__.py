"""From BigCommerce's price to TikTok's: what is followed, converted, ruled, stepped by sales, ended and bounded."""
