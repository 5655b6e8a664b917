"""Virtual tokens against what they stand for."""

import numpy as np
import pytest
import torch
from tiny_encoders import tiny_encoder
from torch import nn
from tuning_cases import batch_of, make_network, setup

from regen.encoders.attention import attend, number_attention, use_attention
from regen.encoders.body import load_body
from regen.estimators.encoder.network import body_inputs
from regen.training.noise import Noise


@pytest.mark.parametrize("family", ["bert", "roberta", "albert", "electra", "deberta", "xlm_roberta", "ernie"])
def test_vectors_of_pieces_are_those_pieces(family: str) -> None:
    """Virtual tokens with the vectors of some pieces do what these pieces would do before the input."""
    network, batch = make_network(family, "prompt").eval(), batch_of()
    pieces = torch.tensor([7, 8, 9])
    vectors = network.body.get_input_embeddings().weight.detach()[pieces]
    network.tokens.network.embedding.weight.data.copy_(vectors)
    ids = torch.cat([pieces.expand(3, 3), batch["input_ids"]], dim=1)
    mask = nn.functional.pad(batch["attention_mask"], (3, 0), value=1)
    types = nn.functional.pad(torch.ones_like(batch["input_ids"]), (3, 0))
    told = {"token_type_ids": types} if family in ("bert", "albert", "electra", "ernie") else {}
    batch |= {name: value[:, 3:] for name, value in told.items()}
    with torch.inference_mode():
        whole = network.body(input_ids=ids, attention_mask=mask, **told).last_hidden_state[:, 3:]
        seen = batch["attention_mask"].bool()
        torch.testing.assert_close(network.vectors(batch)[seen], whole[seen], rtol=1e-5, atol=1e-5)


def test_a_prompt_begins_with_vectors_of_pieces() -> None:
    network = make_network("bert", "prompt")
    table = network.body.get_input_embeddings().weight
    for vector in network.tokens.network.embedding.weight:
        assert (table == vector).all(dim=1).any()


def test_a_prompt_begins_with_pieces_of_train_alone() -> None:
    """Dev may choose, never teach: its pieces are in the table, too."""
    pieces, taught = np.arange(5, 40), np.array([7, 9, 30])
    network = setup("prompt").network(tiny_encoder(), Noise(), 0, pieces, taught)
    table = load_body(tiny_encoder(), Noise()).get_input_embeddings().weight[taught]
    for vector in network.tokens.network.embedding.weight:
        assert (table == vector).all(dim=1).any()


@pytest.mark.parametrize("training", [False, True])
def test_attention_with_a_prefix_by_hand(training: bool) -> None:
    generator = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(2, 1, 3, 4, generator=generator) for _ in range(3))
    prefix = torch.randn(2, 2, 1, 2, 4, generator=generator)
    mask = torch.tensor([[0.0, 0.0, -1e9], [0.0, 0.0, 0.0]])[:, None, None]
    layer = nn.Identity().train(training)
    layer.regen_place = 1
    mixed, _ = attend(layer, query, key, value, mask, scaling=0.5, regen_prefix=prefix)
    for row in range(2):
        keys, values = (torch.cat([prefix[1, part, 0], own[row, 0]]) for part, own in ((0, key), (1, value)))
        scores = query[row, 0] @ keys.T * 0.5
        if row == 0:
            scores[:, 4] = -torch.inf
        torch.testing.assert_close(mixed[row, :, 0], torch.softmax(scores, dim=-1) @ values)


def test_layers_have_prefixes_of_their_own() -> None:
    network, batch = make_network("bert", "prefix").eval(), batch_of()
    before = network(batch)
    table = network.tokens.network.embedding.weight.data.view(3, 2, 2, 2, 16)
    for layer in (0, 1):
        kept = table.clone()
        table[:, layer] += 1
        assert not torch.allclose(network(batch), before)
        table.copy_(kept)
    assert torch.equal(network(batch), before)


@pytest.mark.parametrize("kind", ["prefix", "prompt", "p_tuning"])
def test_padding_and_neighbours_change_nothing(kind: str) -> None:
    network, batch = make_network("bert", kind).eval(), batch_of()
    alone = {name: values[2:, :4] for name, values in batch.items()}
    with torch.inference_mode():
        torch.testing.assert_close(network(batch)[2:, :4], network(alone), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "settings", "held"),
    [
        ("prefix", {"projection": 5}, "tokens.network.transform.0.weight"),
        ("p_tuning", {"network": "mlp"}, "tokens.network.mlp_head.4.weight"),
        ("p_tuning", {}, "tokens.network.lstm_head.weight_ih_l1_reverse"),
    ],
)
def test_networks_of_virtual_tokens(kind: str, settings: dict[str, object], held: str) -> None:
    network = make_network("bert", kind, **settings)
    assert held in dict(network.named_parameters())
    assert network(batch_of()).isfinite().all()


def test_only_attention_of_this_module_is_numbered() -> None:
    body = load_body(tiny_encoder("bert"), Noise())
    assert number_attention(body) == 2
    use_attention(body, Noise())
    assert number_attention(body) == 2
    assert number_attention(load_body(tiny_encoder("deberta"), Noise())) == 0
    assert body_inputs({"units": torch.zeros(1)}) == {}
