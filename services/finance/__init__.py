"""Money: statements read from TikTok Shop, applied to orders, compared with BigCommerce; gross sales by day."""
