"""The best settings from trials on dev."""
