"""Typed specs of tasks, encoders, recipes and suites, and the pure functions that read and combine them."""
