"""Spreadsheets out and back: files, what stands in them, what an import would change, applying it, taking it back."""
