"""The book of what the app is doing and did."""
