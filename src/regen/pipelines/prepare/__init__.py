"""Typed examples and a data card from raw files."""
