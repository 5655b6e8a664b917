"""A pretrained encoder, fine-tuned with a head for the task type."""
