"""Estimators: one package each, with ``options`` (light) and ``model`` (what does the work)."""
