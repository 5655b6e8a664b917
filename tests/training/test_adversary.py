import pytest
import torch
from torch import Tensor, nn
from toys import distance, toy_loop, toy_plan, weights

from regen.training.adversary import Adversary
from regen.training.batches import Plan
from regen.training.events import Plugin
from regen.training.loop import Collated, Loop

ONE_BATCH = Plan([toy_plan().epochs[0][:1]])
NORM = 0.3


class Watched:
    """A toy whose loss notes where the table stands in each pass, and what its gradient was before the pass."""

    def __init__(self, plugins: list[Plugin], **keys: object) -> None:
        self.tables: list[Tensor] = []
        self.gradients: list[Tensor | None] = []

        def loss(network: nn.Module, batch: Collated) -> Tensor:
            table = self.loop.job.network.first.weight
            self.tables.append(table.detach().clone())
            self.gradients.append(None if table.grad is None else table.grad.clone())
            total: Tensor = ((network(batch) - batch["y"]) ** 2).sum()
            return total

        self.loop = toy_loop(plugins, planned=ONE_BATCH, loss=loss, **keys)

    @property
    def table(self) -> nn.Parameter:
        found: nn.Parameter = self.loop.job.network.first.weight
        return found


class Gradient(Plugin):
    """Notes the gradients that the optimiser gets, before they are clipped."""

    def __init__(self) -> None:
        self.found: dict[str, Tensor] = {}

    def on_gradients(self, loop: Loop) -> None:
        for name, value in loop.job.network.named_parameters():
            assert value.grad is not None
            self.found[name] = value.grad.clone()


def attacked(steps: int, norm: float = NORM, step_norm: float | None = None) -> tuple[Watched, Gradient]:
    plugins: list[Plugin] = []
    gradient = Gradient()
    watched = Watched(plugins)
    plugins += [Adversary(watched.table, norm, steps, step_norm), gradient]
    watched.loop.run()
    return watched, gradient


def plain_gradients(table: Tensor | None = None) -> dict[str, Tensor]:
    """Give the gradients of the batch, with another table if one is given."""
    gradient = Gradient()
    watched = Watched([gradient])
    if table is not None:
        with torch.no_grad():
            watched.table.copy_(table)
    watched.loop.run()
    return gradient.found


def test_fgm_moves_by_the_norm_along_the_gradient() -> None:
    watched, _ = attacked(1)
    place, moved = watched.tables
    gradient = plain_gradients()["first.weight"]
    torch.testing.assert_close((moved - place).norm(), torch.tensor(NORM))
    torch.testing.assert_close(moved - place, NORM * gradient / gradient.norm())


def test_fgm_adds_the_gradients_there_and_moves_back() -> None:
    watched, gradient = attacked(1)
    here, there = plain_gradients(), plain_gradients(watched.tables[1])
    for name, found in gradient.found.items():
        torch.testing.assert_close(found, here[name] + there[name])
    before = [value.clone() for value in watched.tables]
    plugin = Adversary(watched.table, NORM)
    kept = watched.table.detach().clone()
    watched.loop.gradients(watched.loop.batch)
    plugin.on_gradients(watched.loop)
    assert torch.equal(watched.table, kept)
    assert len(before) == 2


def test_pgd_walks_within_the_ball_and_keeps_the_plain_gradients() -> None:
    watched, gradient = attacked(3, NORM, 0.2)
    place, *moved = watched.tables
    assert len(moved) == 3
    lengths = [float((table - place).norm()) for table in moved]
    assert lengths[0] == pytest.approx(0.2)
    assert 0.2 < lengths[1] <= NORM * (1 + 1e-5)
    assert lengths[2] == pytest.approx(NORM)
    assert watched.gradients[1] is None  # a step has the gradients of its own place alone
    here, there = plain_gradients(), plain_gradients(moved[2])
    for name, found in gradient.found.items():
        torch.testing.assert_close(found, here[name] + there[name])


def test_loss_is_that_of_the_batch_itself() -> None:
    watched, _ = attacked(1)
    untouched = Watched([])
    untouched.loop.run()
    assert float(watched.loop.losses) == pytest.approx(float(untouched.loop.losses))


def test_table_without_gradient() -> None:
    loop = toy_loop(planned=ONE_BATCH)
    plugin = Adversary(nn.Parameter(torch.ones(2)), NORM)
    loop.plugins = [plugin]
    with pytest.raises(RuntimeError, match="the embeddings have no gradient"):
        loop.run()


@pytest.mark.parametrize("gradient", [0.0, float("inf")])
def test_nowhere_to_go(gradient: float) -> None:
    """A gradient of nothing, or one that overflowed, moves nothing."""
    loop = toy_loop()
    table: nn.Parameter = loop.job.network.first.weight  # type: ignore[assignment]
    before, places = table.detach().clone(), []
    loop.gradients = lambda _: places.append(table.detach().clone())  # type: ignore[method-assign, assignment, return-value]
    table.grad = torch.full_like(table, gradient)
    Adversary(table, NORM).on_gradients(loop)
    assert torch.equal(places[0], before)


def test_memory_that_runs_out_in_the_second_pass() -> None:
    """The gradients at the place itself are computed again, and the attack, in more parts."""
    calls = 0

    def loss(network: nn.Module, batch: Collated) -> Tensor:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise torch.OutOfMemoryError
        total: Tensor = ((network(batch) - batch["y"]) ** 2).sum()
        return total

    def run(fails: bool) -> Loop:
        loop = toy_loop(rate=0.0, planned=ONE_BATCH, **({"loss": loss} if fails else {}))
        loop.plugins = [Adversary(loop.job.network.first.weight, NORM)]  # type: ignore[arg-type]
        loop.run()
        return loop

    broken, whole = run(True), run(False)
    assert broken.parts == 2
    assert distance(broken, whole) < 1e-5
    assert weights(broken).keys() == weights(whole).keys()
