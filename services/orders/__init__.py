"""Orders: read from TikTok Shop, kept, linked to products, written to BigCommerce exactly once."""
