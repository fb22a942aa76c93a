"""Checks of the sandbox against strangers: what others wrote about both platforms must find nothing wrong with it.

They need files and packages from outside, so `make test` leaves them out; `make conformance` runs them.
"""
