"""Fitted cells of one task that answer together."""
