"""Further pretraining of an encoder on the text of a task: masked language modelling."""
