"""Writes reference/fixtures/baseline/baseline.json: scikit-learn's TfidfVectorizer and LogisticRegression (defaults) on made-up texts.

    python reference/baseline_fixture.py
"""

import json
import random
from pathlib import Path

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, f1_score

WORDS = "the a of it was and film food phone battery service naïve café Straße x1 über it's good bad great poor dull fine cold slow".split()
MARKS = [["good", "great", "fine"], ["bad", "poor", "dull"], ["cold", "slow", "service"]]


def make(rows: int, classes: int, seed: int) -> tuple[list[str], list[int]]:
    rng = random.Random(seed)
    texts, labels = [], []
    for row in range(rows):
        label = rng.choices(range(classes), weights=[3, 2, 1][:classes])[0]
        words = rng.choices(WORDS, k=rng.randint(2, 9)) + rng.choices(MARKS[label], k=rng.randint(0, 2))
        rng.shuffle(words)
        texts.append(" ".join(words).capitalize() + rng.choice([".", "!", ", no?", ""]))
        labels.append(label)
    return texts, labels


def case(classes: int) -> dict:
    texts, labels = make(240, classes, seed=classes)
    train, held = slice(0, 180), slice(180, 240)
    vectorizer = TfidfVectorizer()
    x = vectorizer.fit_transform(texts[train])
    model = LogisticRegression(tol=1e-8, max_iter=1000).fit(x, labels[train])
    predicted = model.predict(vectorizer.transform(texts[held]))
    return {
        "classes": classes,
        "texts": texts,
        "labels": labels,
        "trainRows": 180,
        "vocabulary": vectorizer.get_feature_names_out().tolist(),
        "idf": vectorizer.idf_.tolist(),
        "weights": model.coef_.tolist(),
        "intercepts": model.intercept_.tolist(),
        "predicted": predicted.tolist(),
        "accuracy": accuracy_score(labels[held], predicted),
        "macroF1": f1_score(labels[held], predicted, average="macro"),
    }


if __name__ == "__main__":
    path = Path(__file__).parent / "fixtures" / "baseline" / "baseline.json"
    path.write_text(json.dumps([case(2), case(3)], ensure_ascii=False) + "\n", encoding="utf-8")
