"""Reads a run that Tabtune sent to an MLflow server back with Python's client, and loads its model with transformers.

Usage: check_mlflow.py TRACKING_URI EXPERIMENT REGISTERED_MODEL FOLDER

FOLDER/run.json is the run as the page exports it, FOLDER/predictions.json what the page said: {"texts": [...], "predictions":
["positive 98 %; negative 2 %", ...]}. Ends with "N passed, N failed"; the exit code is 1 when one failed.
"""

import json
import pathlib
import re
import sys

import mlflow
import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from check_export import Checks


def check_params(checks, found, run):
    wanted = {name: value for name, value in run["settings"].items()}
    for name, value in wanted.items():
        text = str(value).lower() if isinstance(value, bool) else value
        same = found.get(name) == text if isinstance(text, str) else float(found.get(name, "nan")) == float(text)
        checks.check(f"param {name}", same, str(found.get(name)))
    checks.check("fingerprint of the data", found.get("dataset_fingerprint") == run["data"]["fingerprint"])


def check_history(checks, client, run_id, key, wanted):
    history = sorted(client.get_metric_history(run_id, key), key=lambda metric: metric.step)
    found = [(metric.step, metric.value) for metric in history]
    checks.check(f"metric {key}: {len(wanted)} values", found == wanted, f"{len(found)} found")
    times = [metric.timestamp for metric in history]
    checks.check(f"metric {key}: times go forward", times == sorted(times))


def check_model(checks, folder, predictions):
    model, info = AutoModelForSequenceClassification.from_pretrained(folder, output_loading_info=True)
    model.eval()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    checks.check("transformers finds every weight", not info["missing_keys"] and not info["unexpected_keys"])
    for text, said in zip(predictions["texts"], predictions["predictions"], strict=True):
        label, percent = re.match(r"(\w+) (\d+) %", said).groups()
        with torch.no_grad():
            shares = model(**tokenizer(text, return_tensors="pt")).logits[0].softmax(-1)
        best = int(shares.argmax())
        same = model.config.id2label[best] == label and abs(100 * shares[best].item() - int(percent)) <= 0.51
        checks.check(f"{text!r} is {said.split(';')[0]}", same, f"{model.config.id2label[best]} {100 * shares[best].item():.2f}")


def main():
    uri, experiment, registered, folder = sys.argv[1:]
    folder = pathlib.Path(folder)
    run = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    predictions = json.loads((folder / "predictions.json").read_text(encoding="utf-8"))
    mlflow.set_tracking_uri(uri)
    client = mlflow.MlflowClient()
    checks = Checks()

    [sent] = client.search_runs([client.get_experiment_by_name(experiment).experiment_id])
    checks.check("name", sent.info.run_name == run["name"], sent.info.run_name)
    checks.check("status", sent.info.status == "FINISHED", sent.info.status)
    checks.check("start", sent.info.start_time == run["startedAt"])
    checks.check("tag", sent.data.tags.get("tabtune.run_id") == run["id"])
    checks.check("dataset", [each.dataset.name for each in sent.inputs.dataset_inputs] == [run["data"]["name"]])
    check_params(checks, sent.data.params, run)
    curves, evaluations = run["curves"], run["evaluations"]
    for key, column in (("loss", "loss"), ("learning_rate", "learningRate"), ("grad_norm", "gradNorm"), ("epoch", "epoch")):
        check_history(checks, client, sent.info.run_id, key, [(each["step"], each[column]) for each in curves])
    for key, column in (("eval_loss", "loss"), ("eval_accuracy", "accuracy"), ("eval_macro_f1", "macroF1")):
        check_history(checks, client, sent.info.run_id, key, [(each["step"], each[column]) for each in evaluations])
    for i, label in enumerate(run["classes"]):
        wanted = [(each["step"], each["perClassF1"][i]) for each in evaluations]
        check_history(checks, client, sent.info.run_id, f"eval_f1/{label}", wanted)

    [version] = client.search_model_versions(f"name='{registered}'")
    checks.check("model version is of this run", version.run_id == sent.info.run_id and str(version.version) == "1")
    model = mlflow.artifacts.download_artifacts(run_id=sent.info.run_id, artifact_path="model")
    files = sorted(path.name for path in pathlib.Path(model).iterdir())
    checks.check("files", files == ["README.md", "config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"], str(files))
    check_model(checks, model, predictions)
    print(f"{checks.passed} passed, {checks.failed} failed")
    sys.exit(1 if checks.failed else 0)


if __name__ == "__main__":
    main()
