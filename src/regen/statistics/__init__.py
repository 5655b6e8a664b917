"""Intervals and summaries of scores."""
