"""The floor: what one gets without looking at the input's words, or only at names seen in training."""
