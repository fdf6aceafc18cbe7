"""Writes what scikit-learn makes of seeded classifications: the metrics of an evaluation, class weights, a bootstrap interval.

Output: {"scikit-learn": version, "cases": [{name, classes, labels, logits, ...metrics}], "class_weights": [...], "percentiles": ...}
A metric that scikit-learn leaves undefined is null. scikit-learn has no calibration error: it is numpy's, by its definition.
Usage: metrics_fixture.py OUT        needs scikit-learn (1.9.1 wrote the committed file)
"""

import json
import math
import pathlib
import sys
import warnings

import numpy as np
import sklearn
from sklearn import metrics
from sklearn.utils.class_weight import compute_class_weight

BINS = 15
RESAMPLES = 2000


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def calibration_error(labels, probabilities):
    edges = np.linspace(0, 1, BINS + 1)
    top = probabilities.max(axis=1)
    hits = probabilities.argmax(axis=1) == labels
    error = 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (top > low) & (top <= high)
        if inside.any():
            error += inside.mean() * abs(hits[inside].mean() - top[inside].mean())
    return error


def roc_auc(labels, probabilities):
    classes = probabilities.shape[1]
    if classes == 2:
        area = metrics.roc_auc_score(labels, probabilities[:, 1])
    else:
        area = metrics.roc_auc_score(labels, probabilities, multi_class="ovr", average="macro", labels=range(classes))
    return None if math.isnan(area) else area


def averages(labels, predictions, classes, average):
    values = metrics.precision_recall_fscore_support(
        labels, predictions, labels=range(classes), average=average, zero_division=0
    )
    precision, recall, f1 = values[:3]
    if average is not None:
        return {"precision": precision, "recall": recall, "f1": f1}
    return [{"precision": p, "recall": r, "f1": f} for p, r, f in zip(precision, recall, f1)]


def bootstrap(random, labels, predictions, classes):
    scores = []
    for _ in range(RESAMPLES):
        rows = random.integers(0, len(labels), len(labels))
        scores.append(
            metrics.f1_score(labels[rows], predictions[rows], labels=range(classes), average="macro", zero_division=0)
        )
    return dict(zip(("low", "high"), np.percentile(scores, [2.5, 97.5])))


def case(name, random, labels, logits):
    labels, logits = np.asarray(labels), np.asarray(logits, dtype=float)
    classes = logits.shape[1]
    probabilities = softmax(logits)
    predictions = logits.argmax(axis=1)
    every = range(classes)
    return {
        "name": name,
        "classes": classes,
        "labels": labels.tolist(),
        "logits": logits.ravel().tolist(),
        "accuracy": metrics.accuracy_score(labels, predictions),
        "perClass": averages(labels, predictions, classes, None),
        "macro": averages(labels, predictions, classes, "macro"),
        "micro": averages(labels, predictions, classes, "micro"),
        "weighted": averages(labels, predictions, classes, "weighted"),
        "confusion": metrics.confusion_matrix(labels, predictions, labels=every).tolist(),
        "mcc": metrics.matthews_corrcoef(labels, predictions),
        "rocAuc": roc_auc(labels, probabilities),
        "logLoss": metrics.log_loss(labels, probabilities, labels=every),
        "expectedCalibrationError": calibration_error(labels, probabilities),
        "macroF1Interval": bootstrap(random, labels, predictions, classes),
    }


def drawn(random, rows, shares, skill):
    """Labels by their shares, and logits that know `skill` of them."""
    labels = random.choice(len(shares), rows, p=shares)
    logits = random.normal(0, 1.5, (rows, len(shares)))
    logits[np.arange(rows), labels] += skill
    return labels, logits.round(3)


def cases(random):
    yield case("two classes", random, *drawn(random, 80, [0.6, 0.4], 1.5))
    yield case("four classes, one of them rare", random, *drawn(random, 150, [0.5, 0.3, 0.15, 0.05], 1.2))
    labels, logits = drawn(random, 60, [0.3, 0.3, 0.4], 1)
    yield case("ties between rows", random, labels, logits.round(0) + [0, 0.1, 0.25])
    labels, logits = drawn(random, 40, [0.5, 0.5, 0], 1)
    yield case("a class without rows", random, labels, logits)
    labels, logits = drawn(random, 40, [0.7, 0.2, 0.1], 0)
    yield case("all predicted the same", random, labels, logits + [20, 0, 0])
    labels, logits = drawn(random, 30, [0.5, 0.5], 15)
    yield case("all right", random, labels, logits)
    yield case("one class only", random, [1, 1, 1, 1], drawn(random, 4, [0.5, 0.5], 0)[1])


def multi_label_case(name, flags, logits):
    """Rows with any number of labels: indicators [rows, classes]."""
    flags, logits = np.asarray(flags), np.asarray(logits, dtype=float)
    probabilities = 1 / (1 + np.exp(-logits))
    said = (probabilities >= 0.5).astype(int)

    def scores(average):
        values = metrics.precision_recall_fscore_support(flags, said, average=average, zero_division=0)[:3]
        return [dict(zip(("precision", "recall", "f1"), each)) for each in zip(*values)] if average is None else dict(zip(("precision", "recall", "f1"), values))

    mixed = all(0 < column.sum() < len(flags) for column in flags.T)
    return {
        "name": name,
        "classes": flags.shape[1],
        "flags": flags.ravel().tolist(),
        "logits": logits.ravel().tolist(),
        "accuracy": metrics.accuracy_score(flags, said),
        "hammingLoss": metrics.hamming_loss(flags, said),
        "perClass": scores(None),
        **{average: scores(average) for average in ("macro", "micro", "weighted", "samples")},
        "support": flags.sum(axis=0).tolist(),
        "rocAuc": metrics.roc_auc_score(flags, probabilities, average="macro") if mixed else None,
        # scikit-learn's log_loss takes indicators for one distribution over the classes: here each class is one by itself.
        "logLoss": np.mean([metrics.log_loss(flags[:, c], probabilities[:, c], labels=[0, 1]) for c in range(flags.shape[1])]),
    }


def multi_label_cases(random):
    def drawn(rows, shares, skill):
        flags = (random.random((rows, len(shares))) < shares).astype(int)
        return flags, (random.normal(0, 1.5, flags.shape) + skill * (2 * flags - 1)).round(3)

    yield multi_label_case("three classes, rows without any", *drawn(60, [0.5, 0.3, 0.15], 0.8))
    yield multi_label_case("two classes", *drawn(40, [0.6, 0.4], 0.3))
    flags, logits = drawn(30, [0.5, 0.5, 0.4], 1)
    yield multi_label_case("a class without rows, ties and a logit of 0", flags * [1, 1, 0], logits.round(0))
    yield multi_label_case("all right", *drawn(25, [0.5, 0.5], 15))
    flags, logits = drawn(25, [0.5, 0.2], 1)
    yield multi_label_case("nothing said", flags, logits - 30)


def class_weights(labels, classes):
    present = np.unique(labels)
    weights = np.ones(classes)
    weights[present] = compute_class_weight("balanced", classes=present, y=np.asarray(labels))
    return {"labels": list(labels), "classes": classes, "weights": weights.tolist()}


def main(out):
    warnings.filterwarnings("ignore")
    random = np.random.default_rng(1)
    values = random.normal(size=12).round(3)
    shares = [0, 0.025, 0.3, 0.5, 0.975, 1]
    result = {
        "scikit-learn": sklearn.__version__,
        "cases": list(cases(random)),
        "multi_label": list(multi_label_cases(np.random.default_rng(2))),
        "class_weights": [
            class_weights([0, 0, 0, 1, 2, 2, 0, 0], 3),
            class_weights([1, 1, 1, 3, 3], 4),
        ],
        "percentiles": {"values": sorted(values.tolist()), "shares": shares, "expected": np.quantile(values, shares).tolist()},
    }
    pathlib.Path(out).write_text(json.dumps(result, indent=None, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
