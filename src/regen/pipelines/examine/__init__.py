"""What a model does with perturbed examples, and what its answers rest on."""
