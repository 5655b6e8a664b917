import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from regen.training.noise import Dropout, Noise, dropped, replace_dropout

shapes = st.lists(st.integers(0, 7), min_size=1, max_size=3).map(torch.Size)
rates = st.floats(0.0, 0.99)


def at(*position: int) -> Noise:
    noise = Noise()
    noise.restart(*position)
    return noise


@pytest.mark.parametrize("rate", [0.1, 0.25, 0.5, 0.9])
def test_share_and_scale(rate: float) -> None:
    mask = at(3, 4).keep(torch.Size([1000, 200]), rate, torch.float32)
    assert mask.unique().tolist() == pytest.approx([0.0, 1 / (1 - rate)], rel=2e-4)
    assert float((mask == 0).float().mean()) == pytest.approx(rate, abs=0.005)
    assert float(mask.mean()) == pytest.approx(1, abs=0.02)


def test_no_rate_keeps_everything() -> None:
    assert at(1).keep(torch.Size([101]), 0.0, torch.float32).tolist() == [1.0] * 101


def test_elements_are_independent() -> None:
    """Rows and columns of a mask are not alike, nor are neighbours."""
    mask = (at(9).keep(torch.Size([400, 400]), 0.5, torch.float32) > 0).double()
    neighbours = torch.corrcoef(torch.stack([mask.flatten()[:-1], mask.flatten()[1:]]))[0, 1]
    assert abs(float(neighbours)) < 0.01
    assert mask.mean(0).std() < 0.05
    assert mask.mean(1).std() < 0.05


@given(shapes, rates, st.lists(st.integers(0, 2**32), min_size=1, max_size=4))
@settings(deadline=None, max_examples=60)
def test_same_position_same_noise(shape: torch.Size, rate: float, position: list[int]) -> None:
    noise = Noise()
    noise.keep(torch.Size([13]), 0.5, torch.float32)
    noise.restart(*position)
    masks = [noise.keep(shape, rate, torch.float32) for _ in range(2)]
    drawn = torch.rand(3)
    again = at(*position)
    assert all(torch.equal(again.keep(shape, rate, torch.float32), mask) for mask in masks)
    assert torch.equal(torch.rand(3), drawn)
    assert masks[0].shape == shape


@pytest.mark.parametrize("processes", [2, 3])
def test_processes_share_the_noise_of_the_whole_batch(processes: int) -> None:
    whole = at(5, 6)
    shapes = [torch.Size([7, 4, 3]), torch.Size([7, 5])]
    masks = [whole.keep(shape, 0.3, torch.float32) for shape in shapes]
    for rank in range(processes):
        noise, rows = Noise(), slice(rank, None, processes)
        noise.restart(5, 6, rank=rank, share=(7, rows))
        for shape, mask in zip(shapes, masks, strict=True):
            mine = torch.Size((len(mask[rows]), *shape[1:]))
            assert torch.equal(noise.keep(mine, 0.3, torch.float32), mask[rows])


def test_other_rank_other_noise_of_the_device() -> None:
    drawn = []
    for rank in (0, 1):
        Noise().restart(1, rank=rank)
        drawn.append(torch.rand(3))
    assert not torch.equal(*drawn)


@pytest.mark.parametrize("position", [(1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1)])
def test_other_position_other_noise(position: tuple[int, ...]) -> None:
    masks = [at(*place).keep(torch.Size([64]), 0.5, torch.float32) for place in ((0, 0, 0, 0), position)]
    assert not torch.equal(*masks)


def test_draws_in_one_position_differ() -> None:
    noise = at(0)
    first, second = (noise.keep(torch.Size([64]), 0.5, torch.float32) for _ in range(2))
    assert not torch.equal(first, second)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_backward_has_the_mask_of_forward(dtype: torch.dtype) -> None:
    values = torch.ones(7, 9, dtype=dtype, requires_grad=True)
    output = dropped(values, 0.4, at(2))
    mask = at(2).keep(values.shape, 0.4, dtype)
    assert torch.equal(output, mask)
    assert output.dtype == dtype
    weights = torch.arange(63, dtype=dtype).view(7, 9)
    (output * weights).sum().backward()
    assert torch.equal(values.grad, mask * weights)


def test_dropout_only_while_training() -> None:
    module, values = Dropout(0.5, at(0)), torch.ones(40)
    assert torch.equal(module.train()(values), at(0).keep(values.shape, 0.5, values.dtype))
    assert torch.equal(module.eval()(values), values)
    assert Dropout(0.0, at(0)).train()(values) is values


def test_every_dropout_is_replaced_and_keeps_its_rate() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Dropout(0.3), nn.Sequential(nn.Dropout(0.1), nn.ReLU()))
    replace_dropout(network, Noise())
    assert not [module for module in network.modules() if isinstance(module, nn.Dropout)]
    assert [module.p for module in network.modules() if isinstance(module, Dropout)] == [0.3, 0.1]
