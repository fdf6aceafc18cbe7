"""Puts a LoRA adapter that Tabtune wrote onto its base model with peft and compares the logits with what Tabtune said.

Usage: check_adapter.py FOLDER [--tolerance 1e-4]

FOLDER has base/, adapter/, merged/ and predictions.json, as reference/adapter-export.ts writes them. The adapter on the base, the same merged by
peft, and Tabtune's merged model must all give Tabtune's logits. Ends with "N passed, N failed"; the exit code is 1 when one failed.
"""

import argparse
import json
import pathlib
import sys

import torch
import transformers
from check_export import Checks, check_card, check_values
from peft import PeftModel
from peft.utils import get_peft_model_state_dict
from safetensors.torch import load_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer


def check(folder, tolerance):
    checks = Checks()
    wanted = json.loads((folder / "predictions.json").read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(folder / "adapter")
    check_card(checks, folder / "adapter")

    torch.manual_seed(0)
    base = AutoModelForSequenceClassification.from_pretrained(folder / "base", num_labels=len(wanted["classes"]))
    model = PeftModel.from_pretrained(base, folder / "adapter").eval()
    stored = load_file(folder / "adapter" / "adapter_model.safetensors")
    loaded = get_peft_model_state_dict(model)
    checks.check("peft finds its own names", sorted(stored) == sorted(loaded), ", ".join(sorted(stored.keys() ^ loaded.keys())[:5]))
    same = all(name in loaded and torch.equal(loaded[name], stored[name]) for name in stored)
    checks.check("peft takes every value", same)
    changed = any(each.abs().max() > 0 for name, each in stored.items() if "lora_B" in name)
    checks.check("LoRA has learnt something", changed)

    print("\nthe adapter on its base")
    check_values(checks, model, tokenizer, wanted, tolerance)
    print("\nthe same, merged by peft")
    check_values(checks, model.merge_and_unload(), tokenizer, wanted, tolerance)
    print("\nTabtune's merged model")
    merged = AutoModelForSequenceClassification.from_pretrained(folder / "merged").eval()
    check_values(checks, merged, AutoTokenizer.from_pretrained(folder / "merged"), wanted, tolerance)
    return checks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    checks = check(options.folder, options.tolerance)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
