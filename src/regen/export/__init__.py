"""From a fitted cell to a folder that plain transformers loads."""
