"""Full-size models: the sizes of the checkpoints that people use, seeded random weights, and whether Tabtune's logits are transformers'.

Usage: full_size.py write OUT [--shared ../shared] [--only NAME ...]    one folder a model: a Hugging Face folder, inputs.json, expected.json
       full_size.py compare OUT                                         against the logits.json that Tabtune wrote beside them

Real weights of these families are in no package, so weights are drawn: with a spread that makes attention uneven, biases and LayerNorms
moved away from 0 and 1. Where ../shared/models has a checkpoint, it is taken as it is, or its configuration where it has no weights.
Inputs are rows of different length, cut at 128 tokens, padded for transformers; the largest vocabulary ids occur.
`npm run test:full-size` runs all of it.
"""

import argparse
import json
import pathlib
import sys

import torch
from transformers import AutoConfig, AutoModelForSequenceClassification

BASE = {"hidden_size": 768, "num_hidden_layers": 12, "num_attention_heads": 12, "intermediate_size": 3072}
DEBERTA = {
    "hidden_size": 768,
    "num_attention_heads": 12,
    "intermediate_size": 3072,
    "vocab_size": 128100,
    "max_position_embeddings": 512,
    "max_relative_positions": -1,
    "position_buckets": 256,
    "relative_attention": True,
    "share_att_key": True,
    "norm_rel_ebd": "layer_norm",
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
    "type_vocab_size": 0,
    "layer_norm_eps": 1e-7,
    "pad_token_id": 0,
}
ROBERTA = {"max_position_embeddings": 514, "type_vocab_size": 1, "layer_norm_eps": 1e-5, "pad_token_id": 1}
# The published config.json of each, as far as it matters to the numbers.
MODELS = {
    "bert-base-uncased": ("bert", {**BASE, "vocab_size": 30522}),
    "distilbert-base-uncased": ("distilbert", {"vocab_size": 30522, "dim": 768, "n_layers": 6, "n_heads": 12, "hidden_dim": 3072}),
    "roberta-base": ("roberta", {**BASE, **ROBERTA, "vocab_size": 50265}),
    "xlm-roberta-base": ("xlm-roberta", {**BASE, **ROBERTA, "vocab_size": 250002}),
    "electra-small-discriminator": (
        "electra",
        {
            "vocab_size": 30522,
            "embedding_size": 128,
            "hidden_size": 256,
            "num_hidden_layers": 12,
            "num_attention_heads": 4,
            "intermediate_size": 1024,
        },
    ),
    "deberta-v3-small": ("deberta-v2", {**DEBERTA, "num_hidden_layers": 6}),
    "deberta-v3-base": ("deberta-v2", {**DEBERTA, "num_hidden_layers": 12}),
}
SHARED = ["all-MiniLM-L6-v2", "bert-tiny-L2-H128", "gte-small"]
CLASSES = 3
LENGTHS = [128, 3, 41, 77, 16, 2]
FIRST_WORD = 1000
SPREAD = 0.045
# Of the largest logit: f32 in another order, through up to 12 layers whose attention is uneven.
TOLERANCE = 1e-4


def randomise(model, seed):
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, value in model.named_parameters():
            noise = torch.randn(value.shape, generator=generator) * SPREAD
            is_scale = value.dim() == 1 and name.endswith("weight")
            value.copy_(1 + 2 * noise if is_scale else noise)


def inputs_of(config, seed):
    generator = torch.Generator().manual_seed(seed)
    pad = config.pad_token_id or 0
    ids = torch.full((len(LENGTHS), max(LENGTHS)), pad)
    for row, length in enumerate(LENGTHS):
        ids[row, :length] = torch.randint(FIRST_WORD, config.vocab_size, (length,), generator=generator)
    ids[0, 1] = config.vocab_size - 1
    mask = torch.zeros_like(ids)
    for row, length in enumerate(LENGTHS):
        mask[row, :length] = 1
    return {"input_ids": ids, "attention_mask": mask}


def build(name, shared):
    """The model and where it comes from."""
    if name in MODELS:
        kind, settings = MODELS[name]
        config = AutoConfig.for_model(kind, **settings, num_labels=CLASSES)
        model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
        randomise(model, seed=1)
        return model, "random weights"
    path = shared / "models" / name
    config = AutoConfig.from_pretrained(path, num_labels=CLASSES)
    if (path / "model.safetensors").exists():
        torch.manual_seed(1)
        return AutoModelForSequenceClassification.from_pretrained(path, config=config, dtype=torch.float32), "real weights, new head"
    model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    randomise(model, seed=1)
    return model, "real configuration, random weights"


def write(name, out, shared):
    model, origin = build(name, shared)
    model.eval()
    folder = out / name
    model.save_pretrained(folder)
    inputs = inputs_of(model.config, seed=2)
    with torch.no_grad():
        logits = model(**inputs).logits
    rows = [ids[:length] for ids, length in zip(inputs["input_ids"].tolist(), LENGTHS)]
    (folder / "inputs.json").write_text(json.dumps(rows))
    parameters = sum(value.numel() for value in model.parameters())
    (folder / "expected.json").write_text(json.dumps({"logits": logits.tolist(), "origin": origin, "parameters": parameters}))


def compare(out):
    failed = 0
    for folder in sorted(path.parent for path in out.glob("*/logits.json")):
        expected = json.loads((folder / "expected.json").read_text())
        ours = json.loads((folder / "logits.json").read_text())
        theirs = torch.tensor(expected["logits"], dtype=torch.float64)
        difference = (torch.tensor(ours["logits"], dtype=torch.float64) - theirs).abs().max().item()
        largest = theirs.abs().max().item()
        # Not "above": NaN must fail.
        good = difference <= TOLERANCE * largest and ours["parameters"] == expected["parameters"]
        failed += not good
        print(
            f"{'ok  ' if good else 'FAIL'} {folder.name}: {expected['origin']}, {expected['parameters']:,} parameters, largest logit {largest:.3f}, "
            f"largest difference {difference:.1e}, {difference / largest:.1e} of it (limit {TOLERANCE:.0e})"
        )
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("task", choices=["write", "compare"])
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--only", nargs="+")
    options = parser.parse_args()
    if options.task == "compare":
        sys.exit(1 if compare(options.out) else 0)
    there = [name for name in SHARED if (options.shared / "models" / name).exists()]
    for name in options.only or [*MODELS, *there]:
        write(name, options.out, options.shared)


if __name__ == "__main__":
    main()
