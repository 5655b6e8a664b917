"""Predictions, scores and a record from a model."""
