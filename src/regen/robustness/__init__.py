"""How far scores fall where the text is written in another way: perturbations of dev examples, and what they cost."""
