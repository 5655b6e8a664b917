"""Readers of published file formats, and the contract that typed examples keep."""
