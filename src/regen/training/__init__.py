"""The training loop: batches, optimiser, state and plug-ins."""
