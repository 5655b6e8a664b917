"""A model from train and dev."""
