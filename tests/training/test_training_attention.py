from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import nn
from transformers import BertConfig, BertModel

from regen.encoders.attention import attend, use_attention
from regen.training.noise import Noise, replace_dropout

ROWS, HEADS, TOKENS, WIDTH = 3, 2, 5, 4


def tensors(seed: int = 0) -> list[torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    return [torch.randn(ROWS, HEADS, TOKENS, WIDTH, generator=generator, requires_grad=True) for _ in range(3)]


def mask(kind: str) -> torch.Tensor | None:
    if kind == "none":
        return None
    keep = torch.ones(ROWS, 1, TOKENS, TOKENS)
    keep[1, :, :, 3:] = 0
    keep[2, :, :, 1:] = 0
    return (1 - keep) * torch.finfo(torch.float32).min


def results(training: bool, given: torch.Tensor | None, **keys: Any) -> list[torch.Tensor]:
    module = SimpleNamespace(training=training, regen_noise=Noise())
    query, key, value = tensors()
    mixed, nothing = attend(module, query, key, value, given, **keys)  # type: ignore[arg-type]
    assert nothing is None
    assert mixed.shape == (ROWS, TOKENS, HEADS, WIDTH)
    assert mixed.is_contiguous()
    (mixed * torch.arange(1, WIDTH + 1)).sum().backward()
    return [mixed, *(each.grad for each in (query, key, value) if each.grad is not None)]


@pytest.mark.parametrize("kind", ["none", "padding"])
@pytest.mark.parametrize("scaling", [None, 0.3])
def test_training_on_the_cpu_equals_the_fused_kernel(kind: str, scaling: float | None) -> None:
    plain = results(True, mask(kind), scaling=scaling)
    fused = results(False, mask(kind), scaling=scaling)
    assert len(plain) == len(fused) == 4
    for ours, theirs in zip(plain, fused, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-5)


def test_masked_tokens_are_not_attended_to() -> None:
    gradients = results(True, mask("padding"))
    assert gradients[3][1, :, 3:].abs().max() == 0
    assert gradients[3][1, :, :3].abs().min() > 0


def test_dropout_drops_weights_by_noise() -> None:
    noise = Noise()
    module = SimpleNamespace(training=True, regen_noise=noise)
    found = []
    for position in (1, 1, 2):
        noise.restart(position)
        found.append(attend(module, *tensors(), None, dropout=0.5)[0])  # type: ignore[arg-type]
    assert torch.equal(found[0], found[1])
    assert not torch.equal(found[0], found[2])
    module.training = False
    assert not torch.equal(attend(module, *tensors(), None)[0], found[0])  # type: ignore[arg-type]


@pytest.mark.parametrize("training", [True, False])
def test_a_body_attends_through_it_with_the_same_result(training: bool) -> None:
    torch.manual_seed(0)
    keys = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 24}
    config = BertConfig(vocab_size=20, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, **keys)
    body = BertModel(config, add_pooling_layer=False).train(training)
    ids = torch.tensor([[1, 2, 3, 4], [5, 6, 0, 0]])
    told = {"input_ids": ids, "attention_mask": (ids > 0).long()}
    expected = body(**told).last_hidden_state
    use_attention(body, Noise())
    assert body.config._attn_implementation == "regen"
    found = body(**told).last_hidden_state
    real = told["attention_mask"].bool()
    torch.testing.assert_close(found[real], expected[real], rtol=1e-5, atol=1e-5)


def test_bodies_have_noise_of_their_own() -> None:
    """A second body must not draw from the noise of the first."""
    keys = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 24}
    noises = [Noise(), Noise()]
    bodies = [BertModel(BertConfig(vocab_size=20, **keys), add_pooling_layer=False).train() for _ in noises]
    for body, noise in zip(bodies, noises, strict=True):
        replace_dropout(body, noise)
        use_attention(body, noise)
    bodies[1].load_state_dict(bodies[0].state_dict())
    found: list[torch.Tensor] = []
    for body, noise in zip(bodies, noises, strict=True):
        noise.restart(4)
        found.append(body(input_ids=torch.arange(8)[None]).last_hidden_state)
    assert torch.equal(*found)


def test_an_architecture_without_a_choice_is_left_alone() -> None:
    class Own(nn.Module):
        _supports_sdpa = False

    body = Own()
    use_attention(body, Noise())  # type: ignore[arg-type]
    assert not hasattr(body, "regen_noise")
