"""Writes fixtures/paired-bootstrap.json: macro F1 of two classifiers on the same rows by scikit-learn, and the interval of their difference
by numpy's own resamples. Usage: python reference/paired_bootstrap.py"""

import json
import pathlib

import numpy as np
from sklearn.metrics import f1_score

RESAMPLES = 20_000
OUT = pathlib.Path(__file__).parent / "fixtures" / "paired-bootstrap.json"


def macro_f1(labels, predictions, classes):
    """Macro F1 of many resamples at once: labels and predictions [resamples, rows]; 0 for a class that is nowhere."""
    scores = []
    for c in range(classes):
        actual, said = labels == c, predictions == c
        twice, both = 2 * (actual & said).sum(-1), actual.sum(-1) + said.sum(-1)
        scores.append(np.divide(twice, both, out=np.zeros(twice.shape), where=both > 0))
    return np.mean(scores, axis=0)


def case(name, rows, classes, wrong_a, wrong_b, seed):
    """Two classifiers that are each wrong on a share of the rows, on many of them together."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, rows)
    hard = rng.random(rows)
    said = [np.where(hard + 0.2 * rng.random(rows) < share, rng.integers(0, classes, rows), labels) for share in (wrong_a, wrong_b)]
    f1 = [f1_score(labels, each, average="macro", labels=range(classes), zero_division=0) for each in said]
    differences = []
    for _ in range(RESAMPLES // 500):
        drawn = rng.integers(0, rows, (500, rows))
        differences.append(macro_f1(labels[drawn], said[1][drawn], classes) - macro_f1(labels[drawn], said[0][drawn], classes))
    low, high = np.percentile(np.concatenate(differences), [2.5, 97.5])
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "first": said[0].tolist(),
        "second": said[1].tolist(),
        "macroF1": f1,
        "low": low,
        "high": high,
    }


def several(rows, classes, seed):
    rng = np.random.default_rng(seed)
    labels = (rng.random((rows, classes)) < 0.3).astype(int)
    said = [labels ^ (rng.random((rows, classes)) < share) for share in (0.2, 0.1)]
    f1 = [f1_score(labels, each, average="macro", zero_division=0) for each in said]
    return {"classes": classes, "labels": labels.ravel().tolist(), "first": said[0].ravel().tolist(), "second": said[1].ravel().tolist(), "macroF1": f1}


OUT.write_text(
    json.dumps(
        {
            "single": [
                case("clearly apart", 300, 3, 0.55, 0.15, 1),
                case("not to be told apart", 200, 2, 0.3, 0.28, 2),
                case("many classes, few rows", 90, 8, 0.4, 0.5, 3),
            ],
            "several": several(120, 4, 4),
        }
    )
    + "\n"
)
