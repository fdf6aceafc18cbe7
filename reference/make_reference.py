"""Writes toy checkpoints of each family, and of variants of some, and what PyTorch, transformers and its Trainer make of them, for `npm run test:parity`.

For each family and variant of the settings, in OUT/<name>/ (a variant names its `family`; one with `run` null has no run):
  config.json, model.safetensors   a random, seeded checkpoint; biases and LayerNorms are moved away from 0 and 1, so that they matter
  reference.safetensors            one padded batch (input_ids, attention_mask, token_type_ids where the family has them, labels [rows], or [rows, classes] of 0
                                   and 1 where the problem_type is multi_label_classification) with logits,
                                   loss and grad.<weight>; the micro-batches of a run as run.* [micro-batches, rows, length] and its
                                   final.<weight>
  reference.json                   the run's settings, its loss, learning rate and gradient norm at each step and the names under weight
                                   decay; `dropout`: the rates that one training step of the same model meets when its dropouts differ
  relative-positions.json          (deberta-v2) the buckets of distances for some sizes
The run is Trainer's (AdamW, linear schedule, warm-up, clipping, decay, accumulation), dropout 0, rows in order.

Usage: make_reference.py OUT [--settings parity-settings.json] [--families bert roberta ...]
Needs the packages of requirements.txt. Takes about ten seconds a family on a CPU.
"""

import argparse
import json
import pathlib
import tempfile
from unittest import mock

import torch
from safetensors.torch import save_file
from torch.utils.data import SequentialSampler
from transformers import AutoConfig, AutoModelForSequenceClassification, Trainer, TrainingArguments
from transformers.models.deberta_v2.modeling_deberta_v2 import make_log_bucket_position

HERE = pathlib.Path(__file__).parent
# Ids that are no special token in any of the configurations.
FIRST_WORD = 6


class Orderly(Trainer):
    """Takes the rows in order, as the test does. `accepts_loss_kwargs` is off: with it the losses of the micro-batches would be added,
    without dividing by their number, for models that take such arguments and ignore them; what is meant is the mean over the step."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.model_accepts_loss_kwargs = False

    def _get_train_sampler(self, *args, **kwargs):
        return SequentialSampler(self.train_dataset)


class Batches:
    """Seeded batches: the first row is full, the others have 2 to `length` real tokens and padding behind."""

    def __init__(self, config, token_types, generator):
        self.config = config
        self.token_types = token_types
        self.generator = generator

    def integers(self, low, high, *shape):
        return torch.randint(low, high, shape, generator=self.generator)

    def labels(self, rows):
        if self.config.problem_type == "multi_label_classification":
            return self.integers(0, 2, rows, self.config.num_labels).float()
        return self.integers(0, self.config.num_labels, rows)

    def make(self, rows, length):
        lengths = self.integers(2, length + 1, rows)
        lengths[0] = length
        mask = (torch.arange(length) < lengths[:, None]).long()
        ids = self.integers(FIRST_WORD, self.config.vocab_size, rows, length)
        batch = {
            "input_ids": torch.where(mask == 1, ids, self.config.pad_token_id),
            "attention_mask": mask,
            "labels": self.labels(rows),
        }
        if self.token_types:
            batch["token_type_ids"] = self.integers(0, self.config.type_vocab_size, rows, length) * mask
        return batch


def new_model(config, seed):
    torch.manual_seed(seed)
    model = AutoModelForSequenceClassification.from_config(config, attn_implementation="eager")
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.ndim == 1:
                parameter += 0.1 * torch.randn(parameter.shape)
    return model.train()


def contiguous(tensors):
    return {name: tensor.detach().clone().contiguous() for name, tensor in tensors.items()}


def as_int32(batch, prefix=""):
    return {prefix + name: tensor.to(torch.int32) for name, tensor in batch.items()}


def one_step(model, batch):
    """Logits, loss and all gradients of a batch."""
    result = model(**batch)
    result.loss.backward()
    gradients = {f"grad.{name}": parameter.grad for name, parameter in model.named_parameters() if parameter.grad is not None}
    model.zero_grad()
    return contiguous({"logits": result.logits, "loss": result.loss.reshape(1), **gradients})


def run_trainer(model, batches, run):
    """Trains in place. Gives the micro-batches' tensors and the record of the run."""
    micro = [batches.make(run["rows"], run["length"]) for _ in range(run["steps"] * run["gradient_accumulation_steps"])]
    rows = [{name: tensor[i] for name, tensor in batch.items()} for batch in micro for i in range(run["rows"])]
    with tempfile.TemporaryDirectory() as scratch:
        arguments = TrainingArguments(
            output_dir=scratch,
            per_device_train_batch_size=run["rows"],
            gradient_accumulation_steps=run["gradient_accumulation_steps"],
            max_steps=run["steps"],
            learning_rate=run["learning_rate"],
            warmup_steps=run["warmup_steps"],
            weight_decay=run["weight_decay"],
            max_grad_norm=run["max_grad_norm"],
            lr_scheduler_type="linear",
            logging_steps=1,
            save_strategy="no",
            report_to=[],
            use_cpu=True,
            disable_tqdm=True,
        )
        trainer = Orderly(model=model, args=arguments, train_dataset=rows)
        decay = sorted(trainer.get_decay_parameter_names(model))
        trainer.train()
    steps = [entry for entry in trainer.state.log_history if "grad_norm" in entry]
    stacked = {name: torch.stack([batch[name] for batch in micro]) for name in micro[0]}
    record = {
        **run,
        "decay": decay,
        "loss": [step["loss"] for step in steps],
        "learning_rate_logged": [step["learning_rate"] for step in steps],
        "grad_norm": [step["grad_norm"] for step in steps],
    }
    return as_int32(stacked, "run."), record


def dropout_rates(config, dropouts, batch, seed):
    """The rates above 0 that a forward pass in training meets, in order, when the configuration has these dropouts."""
    changed = config.__class__(**{**config.to_dict(), **dropouts})
    rates = []
    real = torch.nn.functional.dropout

    def record(x, p=0.5, training=True, inplace=False):
        if training and p > 0:
            rates.append(p)
        return real(x, p, training, inplace)

    with mock.patch("torch.nn.functional.dropout", record):
        new_model(changed, seed)(**batch)
    return {"config": dropouts, "rates": rates}


def relative_buckets(sizes):
    """transformers' buckets of the distances 0 .. max_position - 1, for pairs (position_buckets, max_position)."""
    return [
        {"position_buckets": buckets, "max_position": most, "buckets": make_log_bucket_position(torch.arange(most), buckets, most).long().tolist()}
        for buckets, most in sizes
    ]


def write_family(name, settings, out):
    seed = settings["seed"]
    own = settings["families"][name]
    family = own.get("family", name)
    planned = own.get("run", settings["run"])
    silent = {name: 0.0 for name in own["dropouts"]}
    config = AutoConfig.for_model(family, **{**settings["config"], **own["config"], **silent})
    batches = Batches(config, own["token_types"], torch.Generator().manual_seed(seed + 1))
    model = new_model(config, seed)
    out.mkdir(parents=True, exist_ok=True)
    config.save_pretrained(out)
    save_file(contiguous(model.state_dict()), out / "model.safetensors", {"format": "pt"})

    batch = batches.make(**settings["batch"])
    tensors = as_int32(batch) | one_step(model, batch)
    run = None
    if planned is not None:
        micro_batches, run = run_trainer(model, batches, planned)
        tensors |= micro_batches | contiguous({f"final.{weight}": tensor for weight, tensor in model.named_parameters() if tensor.requires_grad})
    save_file(tensors, out / "reference.safetensors", {"format": "pt"})
    record = {
        "torch": torch.__version__,
        "seed": seed,
        "dropout": dropout_rates(config, own["dropouts"], batch, seed),
        "run": run,
    }
    (out / "reference.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    if name == "deberta-v2":
        sizes = [(256, 512), (128, 512), (32, 128), (6, 40), (4, 11), (2, 9)]
        (out / "relative-positions.json").write_text(json.dumps(relative_buckets(sizes)) + "\n", encoding="utf-8")
    ran = f", in the run {run['loss'][0]:.4f} -> {run['loss'][-1]:.4f}" if run else ""
    print(f"{name}: loss {tensors['loss'].item():.4f}{ran}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--settings", type=pathlib.Path, default=HERE / "parity-settings.json")
    parser.add_argument("--families", nargs="+")
    options = parser.parse_args()
    settings = json.loads(options.settings.read_text(encoding="utf-8"))
    torch.set_num_threads(1)
    for family in options.families or settings["families"]:
        write_family(family, settings, options.out / family)


if __name__ == "__main__":
    main()
