"""Trains the toy checkpoints of make_reference.py with torch and peft where only a part learns, for src/engine/models/what-learns.test.ts.

For each family, in FIXTURES/<family>/what-learns.safetensors and .json: twenty AdamW steps (linear schedule with warm-up, clipping, decay;
dropout 0) on the micro-batches of reference.safetensors, one a step, for each of
  last    the last layer and the head
  head    the head alone
  lora    peft's LoRA on its own choice of modules (query and value; peft has none for distilbert: q_lin and v_lin)
  linear  peft's LoRA on all linear layers of the encoder, with another rank, beside a head as peft trains it
The .json has settings, the names of what learns, losses and gradient norms; the .safetensors has start.<run>.<name> (LoRA's A, for B begins
at 0) and final.<run>.<name> of what learns, under the names of the checkpoint or of a saved adapter, and the logits of reference.safetensors'
batch with LoRA and, merged by peft, without.

Usage: what_learns.py FIXTURES        Needs the packages of requirements.txt.
"""

import json
import pathlib
import sys

import torch
from peft import LoraConfig, TaskType, get_peft_model
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file, save_file
from transformers import AutoModelForSequenceClassification, get_scheduler
from transformers.trainer_pt_utils import get_parameter_names

FAMILIES = ["bert", "distilbert", "roberta", "deberta-v2", "electra", "xlm-roberta"]
STEPS = 20
RUN = {"steps": STEPS, "learning_rate": 0.004, "warmup_steps": 3, "weight_decay": 0.05, "max_grad_norm": 0.8}
LORA = {
    "lora": {"r": 3, "lora_alpha": 6, "targets": {"distilbert": ["q_lin", "v_lin"]}},
    "linear": {"r": 2, "lora_alpha": 5, "targets": {"distilbert": ["q_lin", "k_lin", "v_lin", "out_lin", "lin1", "lin2"]}, "all": "all-linear"},
}
# The dense layer in front of the classifier belongs to the head in every family here.
HEADS = {"bert": ["bert.pooler.", "classifier."], "distilbert": ["pre_classifier.", "classifier."], "deberta-v2": ["pooler.", "classifier."]}
LAYERS = {"distilbert": ("distilbert.transformer.layer.", "n_layers")}


def head_of(family):
    return tuple(HEADS.get(family, ["classifier."]))


def last_layer_of(family, config, prefix):
    stem, count = LAYERS.get(family, (f"{prefix}.encoder.layer.", "num_hidden_layers"))
    return f"{stem}{getattr(config, count) - 1}."


def batches(tensors, token_types):
    names = ["input_ids", "attention_mask", "labels"] + (["token_type_ids"] if token_types else [])
    return [{name: tensors[f"run.{name}"][i].long() for name in names} for i in range(STEPS)]


def train(model, rows):
    """Trainer's optimizer and schedule, on what has requires_grad."""
    decayed = get_parameter_names(model, [torch.nn.LayerNorm], ["bias", "layernorm", "rmsnorm", r"(?:^|\.)norm(?:$|\.)", r"_norm(?:$|\.)"])
    learning = [(name, each) for name, each in model.named_parameters() if each.requires_grad]
    groups = [
        {"params": [each for name, each in learning if name in decayed], "weight_decay": RUN["weight_decay"]},
        {"params": [each for name, each in learning if name not in decayed], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=RUN["learning_rate"])
    schedule = get_scheduler("linear", optimizer, num_warmup_steps=RUN["warmup_steps"], num_training_steps=STEPS)
    losses, norms = [], []
    model.train()
    for batch in rows:
        loss = model(**batch).loss
        loss.backward()
        norms.append(torch.nn.utils.clip_grad_norm_([each for _, each in learning], RUN["max_grad_norm"]).item())
        losses.append(loss.item())
        optimizer.step()
        schedule.step()
        model.zero_grad()
    return losses, norms


def learning_of(model):
    return {name: each.detach().clone() for name, each in model.named_parameters() if each.requires_grad}


def logits_of(model, batch):
    model.eval()
    with torch.no_grad():
        return model(**batch).logits.clone()


def write_family(folder):
    family = folder.name
    reference = load_file(folder / "reference.safetensors")
    token_types = "token_type_ids" in reference
    rows = batches(reference, token_types)
    probe = {name: reference[name].long() for name in ["input_ids", "attention_mask"] + (["token_type_ids"] if token_types else [])}
    tensors, runs = {}, {}

    def load():
        torch.manual_seed(7)
        return AutoModelForSequenceClassification.from_pretrained(folder, attn_implementation="eager")

    def record(name, model, state, settings):
        for key, each in state().items():
            if "lora_A" in key:
                tensors[f"start.{name}.{key}"] = each.clone().contiguous()
        losses, norms = train(model, rows)
        final = state()
        for key, each in final.items():
            tensors[f"final.{name}.{key}"] = each.clone().contiguous()
        tensors[f"logits.{name}"] = logits_of(model, probe)
        runs[name] = {**settings, "learns": sorted(final), "loss": losses, "grad_norm": norms}
        print(f"{family} {name}: {len(final)} tensors learn, loss {losses[0]:.4f} -> {losses[-1]:.4f}")

    for name in ["last", "head"]:
        model = load()
        wanted = head_of(family)
        if name == "last":
            wanted += (last_layer_of(family, model.config, model.base_model_prefix),)
        for key, each in model.named_parameters():
            each.requires_grad = key.startswith(wanted)
        record(name, model, lambda model=model: learning_of(model), {})

    for name, lora in LORA.items():
        targets = lora["targets"].get(family, lora.get("all"))
        config = LoraConfig(task_type=TaskType.SEQ_CLS, r=lora["r"], lora_alpha=lora["lora_alpha"], target_modules=targets)
        model = get_peft_model(load(), config)
        settings = {"lora_r": lora["r"], "lora_alpha": lora["lora_alpha"]}
        record(name, model, lambda model=model: get_peft_model_state_dict(model), settings)
        tensors[f"merged.{name}"] = logits_of(model.merge_and_unload(), probe)

    save_file(tensors, folder / "what-learns.safetensors", {"format": "pt"})
    text = json.dumps({"torch": torch.__version__.split("+")[0], "run": RUN, "runs": runs}, indent=1)
    (folder / "what-learns.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    torch.set_num_threads(1)
    for each in FAMILIES:
        write_family(pathlib.Path(sys.argv[1]) / each)
