"""Fine-tunes the same checkpoint on the same rows with Hugging Face's Trainer and with `npm run train`, and compares the accuracies.

Usage: compare_trainer.py [--shared ../shared] [--work .cache/compare] [--only hf|ours] [--seeds 1 2 3] [--data sentences trec sms]

Three public data sets of ../shared/data, weights of ../shared/models/all-MiniLM-L6-v2, at most 64 tokens. Every finished run is kept in
--work and not done again. Prints a table (README); ends with 1 when a mean differs by more than a point.
"""

import argparse
import csv
import json
import pathlib
import random
import re
import statistics
import subprocess
import sys

SETTINGS = {
    "learning_rate": 5e-5,
    "per_device_train_batch_size": 32,
    "per_device_eval_batch_size": 64,
    "warmup_ratio": 0.1,
    "weight_decay": 0.01,
    "max_grad_norm": 1.0,
    "lr_scheduler_type": "linear",
}
EPOCHS = {"sentences": 2, "trec": 2, "sms": 1}
MAX_LENGTH = 64
POINT = 0.01


def stratified(rows, share, seed):
    """[(text, label)] -> [(text, label, split)]; of every class the same share is for validation."""
    rng = random.Random(seed)
    by_label = {}
    for row in rows:
        by_label.setdefault(row[1], []).append(row)
    split = []
    for label in sorted(by_label):
        group = by_label[label]
        rng.shuffle(group)
        cut = round(len(group) * share)
        split += [(*row, "validation") for row in group[:cut]] + [(*row, "train") for row in group[cut:]]
    return split


def read_sentences(data):
    rows = []
    for path in sorted((data / "uci_sentiment_sentences").glob("*_labelled.txt")):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                text, label = line.rsplit("\t", 1)
                rows.append((text.strip(), "positive" if label.strip() == "1" else "negative"))
    return stratified(rows, 0.2, 0)


def read_trec(data):
    rows = []
    for name, split in (("TREC.train", "train"), ("TREC.test", "validation")):
        for line in (data / "trec" / name).read_text(encoding="latin-1").split("\n"):
            if line.strip():
                label, text = line.split(" ", 1)
                rows.append((text.strip(), label.split(":")[0], split))
    return rows


def read_sms(data):
    lines = (data / "sms_spam" / "sms.tsv").read_text(encoding="utf-8").split("\n")
    pairs = [line.split("\t", 1) for line in lines if line.strip()]
    return stratified([(text, label) for label, text in pairs], 0.2, 0)


READERS = {"sentences": read_sentences, "trec": read_trec, "sms": read_sms}


def write_csv(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("text", "label", "split"))
        writer.writerows((re.sub(r"[\r\n]+", " ", text), label, split) for text, label, split in rows)


def train_hf(model, path, epochs, seed, work):
    """Accuracy of Hugging Face's Trainer on the validation rows."""
    import numpy as np
    import torch
    from transformers import AutoModelForSequenceClassification, AutoTokenizer, DataCollatorWithPadding, Trainer, TrainingArguments, set_seed

    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    labels = sorted({row["label"] for row in rows})
    tokenizer = AutoTokenizer.from_pretrained(model)

    class Rows(torch.utils.data.Dataset):
        def __init__(self, split):
            self.rows = [row for row in rows if row["split"] == split]
            self.encoded = tokenizer([row["text"] for row in self.rows], truncation=True, max_length=MAX_LENGTH)

        def __len__(self):
            return len(self.rows)

        def __getitem__(self, i):
            item = {key: values[i] for key, values in self.encoded.items()}
            return {**item, "labels": labels.index(self.rows[i]["label"])}

    set_seed(seed)
    # The checkpoint is in F16, and transformers would train in that.
    classifier = AutoModelForSequenceClassification.from_pretrained(model, num_labels=len(labels), dtype=torch.float32)
    settings = {**SETTINGS}
    settings["warmup_steps"] = settings.pop("warmup_ratio")  # transformers 5: below 1 it is a ratio
    arguments = TrainingArguments(
        output_dir=str(work / "hf"),
        num_train_epochs=epochs,
        seed=seed,
        save_strategy="no",
        report_to="none",
        use_cpu=True,
        disable_tqdm=True,
        logging_steps=50,
        **settings,
    )
    trainer = Trainer(
        model=classifier,
        args=arguments,
        train_dataset=Rows("train"),
        eval_dataset=Rows("validation"),
        data_collator=DataCollatorWithPadding(tokenizer),
        compute_metrics=lambda output: {"accuracy": float((np.argmax(output.predictions, -1) == output.label_ids).mean())},
    )
    trainer.train()
    return trainer.evaluate()["eval_accuracy"]


def train_ours(model, path, epochs, seed, work):
    """Accuracy that `npm run train` writes into metrics.json."""
    out = work / "ours"
    options = {**SETTINGS, "num_train_epochs": epochs, "seed": seed, "max_length": MAX_LENGTH, "eval_strategy": "no"}
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    files = ["--data", str(path.resolve()), "--model", str(model.resolve()), "--out", str(out.resolve())]
    subprocess.run(["npm", "run", "-s", "train", "--", *files, *words], check=True)
    return json.loads((out / "metrics.json").read_text())["accuracy"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=pathlib.Path, default=pathlib.Path("../shared"))
    parser.add_argument("--work", type=pathlib.Path, default=pathlib.Path(".cache/compare"))
    parser.add_argument("--only", choices=["hf", "ours"])
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--data", nargs="+", choices=list(READERS), default=list(READERS))
    options = parser.parse_args()
    model = options.shared / "models/all-MiniLM-L6-v2"
    options.work.mkdir(parents=True, exist_ok=True)
    results_path = options.work / "results.json"
    results = json.loads(results_path.read_text()) if results_path.exists() else {}
    sides = {"hf": train_hf, "ours": train_ours}
    for name in options.data:
        path = options.work / f"{name}.csv"
        write_csv(path, READERS[name](options.shared / "data"))
        for side in [options.only] if options.only else list(sides):
            for seed in options.seeds:
                key = f"{name} {side} {seed}"
                if key not in results:
                    accuracy = sides[side](model, path, EPOCHS[name], seed, options.work)
                    # Read again: the other side may run at the same time.
                    results = json.loads(results_path.read_text()) if results_path.exists() else {}
                    results[key] = accuracy
                    results_path.write_text(json.dumps(results, indent=1))
                    print(f"{key}: {results[key]:.4f}", flush=True)

    far = 0
    print("\n| data | epochs | Trainer, each seed | mean | Tabtune, each seed | mean | difference |\n| --- | --- | --- | --- | --- | --- | --- |")
    for name in options.data:
        pairs = [[results.get(f"{name} {side} {seed}") for seed in options.seeds] for side in sides]
        if any(value is None for values in pairs for value in values):
            continue
        means = [statistics.mean(values) for values in pairs]
        cells = [f"{' '.join(f'{value:.4f}' for value in values)} | {mean:.4f}" for values, mean in zip(pairs, means)]
        print(f"| {name} | {EPOCHS[name]} | {cells[0]} | {cells[1]} | {means[1] - means[0]:+.4f} |")
        far += abs(means[1] - means[0]) > POINT
    sys.exit(1 if far else 0)


if __name__ == "__main__":
    main()
