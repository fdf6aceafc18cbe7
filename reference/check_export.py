"""Loads a model that Tabtune exported with Hugging Face's transformers and compares what it says with what Tabtune said.

Usage: check_export.py ZIP_OR_FOLDER PREDICTIONS.json... [--tolerance 1e-4]

PREDICTIONS.json: {"max_length": 64, "texts": [...], "classes": [...], "logits": [[...], ...], "ids": [[...], ...]}.
"probabilities" may stand in place of "logits"; "classes" and "ids" (token ids of each text) may be left out.
Ends with "N passed, N failed"; the exit code is 1 when one failed.
"""

import argparse
import json
import pathlib
import sys
import tempfile
import zipfile

import torch
import transformers
import yaml
from transformers import AutoModelForSequenceClassification, AutoTokenizer


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def check(self, name, ok, detail=""):
        self.passed += bool(ok)
        self.failed += not ok
        print(f"{'ok  ' if ok else 'FAIL'} {name}{': ' + detail if detail else ''}")


def check_loading(checks, info):
    """transformers must find every weight under its name, and none that it does not know."""
    for kind in ("missing_keys", "unexpected_keys", "mismatched_keys", "error_msgs"):
        found = sorted(map(str, info.get(kind) or []))
        checks.check(f"no {kind}", not found, ", ".join(found[:5]))


def check_card(checks, folder):
    text = (folder / "README.md").read_text(encoding="utf-8")
    parts = text.split("---\n", 2)
    front = yaml.safe_load(parts[1]) if len(parts) == 3 and parts[0] == "" else None
    checks.check("model card's front matter is YAML", isinstance(front, dict) and front.get("pipeline_tag") == "text-classification", str(front))


def check_values(checks, model, tokenizer, wanted, tolerance):
    kind = "logits" if "logits" in wanted else "probabilities"
    for i, text in enumerate(wanted["texts"]):
        batch = tokenizer(text, truncation=True, max_length=wanted["max_length"], return_tensors="pt")
        name = json.dumps(text[:40])
        if "ids" in wanted:
            checks.check(f"token ids of {name}", batch["input_ids"][0].tolist() == wanted["ids"][i])
        with torch.no_grad():
            values = model(**batch).logits[0]
        if kind == "probabilities":
            values = values.softmax(-1)
        ours = torch.tensor(wanted[kind][i], dtype=torch.float32)
        difference = (values - ours).abs().max().item() if values.shape == ours.shape else float("nan")
        # Written so that NaN fails.
        checks.check(f"{kind} of {name}", difference <= tolerance, f"max difference {difference:.2e}")


def check_classes(checks, config, classes):
    labels = [config.id2label[i] for i in range(config.num_labels)]
    checks.check("id2label", labels == classes, str(labels))
    checks.check("label2id", config.label2id == {label: i for i, label in enumerate(classes)})


def check_export(folder, predictions, tolerance):
    checks = Checks()
    model, info = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    model.eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    check_loading(checks, info)
    checks.check("weights are float32", all(p.dtype == torch.float32 for p in model.parameters()))
    check_card(checks, folder)
    for path in predictions:
        wanted = json.loads(path.read_text(encoding="utf-8"))
        print(f"\nagainst {path}")
        if "classes" in wanted:
            check_classes(checks, model.config, wanted["classes"])
        check_values(checks, model, tokenizer, wanted, tolerance)
    return checks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("predictions", type=pathlib.Path, nargs="+")
    parser.add_argument("--tolerance", type=float, default=1e-4)
    options = parser.parse_args()
    transformers.utils.logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.model
        if folder.is_file():
            with zipfile.ZipFile(folder) as archive:
                damaged = archive.testzip()
                if damaged:
                    sys.exit(f"{folder}: {damaged} is damaged")
                archive.extractall(scratch)
            folder = pathlib.Path(scratch)
        checks = check_export(folder, options.predictions, options.tolerance)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
