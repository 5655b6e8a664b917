"""What tests of the training loop share."""

import pytest
import torch


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Toys are faster on one thread."""
    torch.set_num_threads(1)
