"""Every tuning method on every family of encoders: what trains, what a checkpoint holds, and what is refused."""

from typing import Any

import pytest
import torch
from pydantic import ValidationError
from tiny_encoders import FAMILIES, tiny_encoder
from transformers import MPNetConfig, MPNetModel
from tuning_cases import PAIRS, batch_of, make_network, moved, setup, tuning

from regen.encoders.body import load_body
from regen.errors import UserError
from regen.estimators.encoder.adapters import apply_method, merge
from regen.estimators.encoder.finetune import trained_tensors
from regen.estimators.encoder.methods import make_optimiser
from regen.estimators.encoder.model import Model
from regen.estimators.encoder.options import Options
from regen.estimators.encoder.tuning import Ia3
from regen.training.device import resolve_hardware
from regen.training.noise import Noise

each_pair = pytest.mark.parametrize(("family", "kind"), PAIRS)
OWN = {
    "bitfit": "bias",
    "lora": ".lora_",
    "adalora": ".lora_",
    "ia3": ".ia3_l.",
    "prefix": "tokens.",
    "prompt": "tokens.",
    "p_tuning": "tokens.",
}
"""What the names of a method's own tensors hold."""


@each_pair
def test_the_encoder_keeps_its_bytes_and_a_checkpoint_holds_the_rest(family: str, kind: str) -> None:
    network, batch = moved(make_network(family, kind)).eval(), batch_of()
    after = {name.replace(".base_layer", ""): value for name, value in network.body.named_parameters()}
    for name, before in load_body(tiny_encoder(family), Noise()).named_parameters():
        assert torch.equal(after[name], before) != (kind == "bitfit" and name.endswith("bias")), name
    tensors = trained_tensors(network)
    assert {name for name in tensors if OWN[kind] not in name} <= {"head.out.weight", "head.out.bias"}
    assert any(OWN[kind] in name for name in tensors if not name.startswith("head."))
    again = Model(tiny_encoder(family), setup(kind), tensors, {}).network.eval()
    with torch.inference_mode():
        assert torch.equal(again(batch), network(batch))


@each_pair
def test_gradients_reach_all_that_trains_and_nothing_else(family: str, kind: str) -> None:
    """Moved first: a product with a factor that begins as 0 gives the other one no gradient."""
    network = moved(make_network(family, kind)).train()
    network(batch_of()).square().sum().backward()
    reached = {name for name, value in network.named_parameters() if value.grad is not None and value.grad.any()}
    missed = {name for name, value in network.named_parameters() if value.requires_grad} - reached
    assert not {name for name in missed if "key" not in name}, "the softmax ignores what all keys share"
    assert reached.isdisjoint(name for name, value in network.named_parameters() if not value.requires_grad)


@pytest.mark.parametrize("kind", ["lora", "adalora", "ia3"])
@pytest.mark.parametrize("family", FAMILIES)
def test_adapters_begin_as_nothing_and_merge_exactly(family: str, kind: str) -> None:
    batch, network = batch_of(), make_network(family, kind).eval()
    with torch.inference_mode():
        plain = make_network(family, None).eval()(batch)
        torch.testing.assert_close(network(batch), plain, rtol=1e-5, atol=1e-5)
        tuned = moved(network)(batch)
        assert (tuned - plain).abs().max() > 0.01
        merge(network.body)
        torch.testing.assert_close(network(batch), tuned, rtol=1e-4, atol=1e-4)
    assert network.body.state_dict().keys() == make_network(family, None).body.state_dict().keys()


def test_default_targets_are_those_of_the_papers() -> None:
    def targets(family: str, kind: str) -> list[str]:
        names = [name for name, _ in make_network(family, kind, layers=1).body.named_modules()]
        return [name.removesuffix(".base_layer").split("layer.0.")[-1] for name in names if name.endswith("base_layer")]

    attention = [f"attention.self.{name}" for name in ("query", "key", "value")]
    assert targets("bert", "lora") == [attention[0], attention[2]]
    whole = [*attention, "attention.output.dense", "intermediate.dense", "output.dense"]
    assert targets("bert", "adalora") == whole
    assert targets("bert", "ia3") == [attention[1], attention[2], "output.dense"]
    assert targets("deberta", "lora") == ["attention.self.query_proj", "attention.self.value_proj"]
    shared = "encoder.albert_layer_groups.0.albert_layers.0"
    assert targets("albert", "ia3") == [f"{shared}.attention.key", f"{shared}.attention.value", f"{shared}.ffn_output"]


def test_targets_are_the_ends_of_names() -> None:
    network = make_network("bert", "lora", targets=("key", "attention.output.dense"))
    changed = {name.split(".lora_")[0] for name in trained_tensors(network) if ".lora_" in name}
    assert len(changed) == 4
    assert all(name.endswith(("self.key", "attention.output.dense")) for name in changed)


@pytest.mark.parametrize(
    ("family", "kind", "settings", "told"),
    [
        (
            "bert",
            "lora",
            {"targets": ("query", "quary")},
            "'tuning.targets': found no layer of 'quary' for lora, .*query",
        ),
        ("bert", "adalora", {"targets": ("y",)}, "'tuning.targets': found no layer of 'y' for adalora"),
        ("deberta", "prefix", {}, r"'tuning': prefix .* encoder \(deberta-v2\) takes none; take another method"),
    ],
)
def test_what_an_encoder_lacks_is_refused_in_one_line(
    family: str, kind: str, settings: dict[str, Any], told: str
) -> None:
    with pytest.raises(UserError, match=told) as error:
        make_network(family, kind, **settings)
    assert "\n" not in str(error.value)


def test_ia3_wants_all_three_of_its_places() -> None:
    """MPNet's keys and values have names of their own, so that the usual ones would find its feed-forward alone."""
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 32}
    body = MPNetModel(MPNetConfig(vocab_size=30, **sizes), add_pooling_layer=False)
    with pytest.raises(UserError, match="found no layer of the usual names for ia3"):
        apply_method(body, Ia3(type="ia3"), Noise())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tuning": {"type": "lora"}, "frozen_layers": 1}, "'tuning' and 'frozen_layers' .* found 1 frozen layers"),
        ({"tuning": {"type": "ia3"}, "frozen_layers": "embeddings"}, "'tuning' and 'frozen_layers' do not go together"),
        ({"tuning": {"type": "prompt"}, "adversary": {"type": "fgm"}}, "'adversary' moves .* prompt freezes"),
        ({"tuning": {"type": "prefix"}, "layer_decay": 0.9}, "'layer_decay' is .*, none of which prefix trains"),
        ({"frozen_layers": "all", "layer_decay": 0.9}, "'layer_decay' .* not go with 'frozen_layers: all'"),
        ({"tuning": {"type": "adalora"}, "average": {"type": "ema"}}, "'average' brings back what adalora prunes"),
        ({"tuning": {"type": "adalora"}, "precision": "f16"}, "'precision' f16 skips steps"),
        ({"tuning": tuning("adalora", first_rank=1)}, r"'first_rank' must be above 'rank' \(found 1 and 1\)"),
        ({"tuning": tuning("adalora", initial=0.6)}, r"below 1 together \(found 0.6 and 0.4\)"),
        ({"tuning": {"type": "lora", "rank": 0}}, "greater than or equal to 1"),
        ({"tuning": {"type": "lora", "targets": []}}, "at least 1 item"),
        ({"tuning": {"type": "ia3", "rank": 4}}, "Extra inputs are not permitted"),
        ({"tuning": {"type": "lota"}}, "does not match any of the expected tags: 'bitfit', 'lora'"),
        ({"tuning": {"rank": 4}}, "Unable to extract tag using discriminator 'type'"),
        ({"frozen_layers": "embedding"}, "Input should be 'embeddings' or 'all'"),
    ],
)
def test_options_that_contradict_are_refused(options: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        Options(**options)


def test_a_body_without_biases_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    bare = load_body(tiny_encoder(layers=1), Noise())
    for module in bare.modules():
        if getattr(module, "bias", None) is not None:
            module.bias = None
    monkeypatch.setattr("regen.estimators.encoder.cell.load_body", lambda *_: bare)
    with pytest.raises(UserError, match=r"bitfit needs biases; this encoder \(bert\) has none"):
        make_network("bert", "bitfit")


def test_factors_that_begin_as_one_do_not_decay() -> None:
    network, told = make_network("bert", "ia3"), setup("ia3", weight_decay=0.1)
    optimiser = make_optimiser(network, told.options, resolve_hardware("f32", 1))
    names = {id(value): name for name, value in network.named_parameters()}
    decayed = [group["params"] for group in optimiser.param_groups if group["weight_decay"]]
    assert [names[id(value)] for values in decayed for value in values] == ["head.out.weight"]
