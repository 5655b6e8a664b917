"""What single answers rest on: shares of an output that parts of the input have."""
