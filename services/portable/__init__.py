"""The configuration as a file: written as readable text, compared with what is there, read back."""
