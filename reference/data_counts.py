"""Writes src/data/fixtures/data-counts.json: rows and label counts of the files of ../shared/data by Python's csv module and by pandas.

    python reference/data_counts.py ../shared/data

The test beside the fixture reads the same files with Tabtune and compares. Needs pandas.
"""

import collections
import csv
import json
import pathlib
import sys

import pandas as pd

# path, encoding, delimiter, quotes, header, label column
FILES = [
    ("imdb/imdb_train_6000.csv", "utf-8", ",", True, True, 1),
    ("imdb/imdb_test_2000.csv", "utf-8", ",", True, True, 1),
    ("sst2/train.tsv", "utf-8", "\t", False, True, 1),
    ("sst2/dev.tsv", "utf-8", "\t", False, True, 1),
    ("sst2/test.tsv", "utf-8", "\t", False, True, 0),
    ("mrpc/train.tsv", "utf-8-sig", "\t", False, True, 0),
    ("mrpc/dev.tsv", "utf-8-sig", "\t", False, True, 0),
    ("mrpc/test.tsv", "utf-8", "\t", False, True, 0),
    ("mrpc/msr_paraphrase_test.txt", "utf-8-sig", "\t", False, True, 0),
    ("sms_spam/sms.tsv", "utf-8", "\t", False, False, 0),
    ("uci_sentiment_sentences/amazon_cells_labelled.txt", "utf-8", "\t", False, False, 1),
    ("uci_sentiment_sentences/imdb_labelled.txt", "utf-8", "\t", False, False, 1),
    ("uci_sentiment_sentences/yelp_labelled.txt", "utf-8", "\t", False, False, 1),
]
FIRST_SPACE = [("trec/TREC.train", "latin-1"), ("trec/TREC.test", "latin-1")]
JSON = ["npm_sentiment_fixtures/amazon.json", "npm_sentiment_fixtures/imdb.json", "npm_sentiment_fixtures/yelp.json"]


def labels(values):
    """Counts of labels that come again; ids are not worth a fixture."""
    counts = collections.Counter(values)
    return dict(sorted(counts.items())) if len(counts) <= 60 else None


def by_csv(path, encoding, delimiter, quotes, header, label):
    with open(path, encoding=encoding, newline="\n" if not quotes else "") as file:
        quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
        csv.field_size_limit(2**27)
        rows = [row for row in csv.reader(file, delimiter=delimiter, quoting=quoting) if row]
    rows = rows[1:] if header else rows
    return len(rows), labels(row[label] for row in rows)


def by_pandas(path, encoding, delimiter, quotes, header, label):
    quoting = csv.QUOTE_MINIMAL if quotes else csv.QUOTE_NONE
    frame = pd.read_csv(
        path, encoding=encoding, sep=delimiter, quoting=quoting, header=0 if header else None, dtype=str, keep_default_na=False
    )
    return len(frame), labels(frame.iloc[:, label])


def main(folder):
    out = {}
    for path, *dialect in FILES:
        read, counts = by_csv(folder / path, *dialect)
        frame_rows, frame_counts = by_pandas(folder / path, *dialect)
        out[path] = {"rows": {"csv": read, "pandas": frame_rows}, "column": dialect[-1], "labels": counts}
        if counts != frame_counts:
            print(f"{path}: csv and pandas count other labels", file=sys.stderr)
    for path, encoding in FIRST_SPACE:
        lines = [line for line in (folder / path).read_text(encoding=encoding).split("\n") if line.strip()]
        out[path] = {"rows": {"csv": len(lines)}, "column": 0, "labels": labels(line.split(" ", 1)[0] for line in lines)}
    for path in JSON:
        frame = pd.read_json(folder / path, dtype=False)
        values = (("" if pd.isna(value) else str(int(value))) for value in frame["class"])
        out[path] = {"rows": {"pandas": len(frame)}, "column": 1, "labels": labels(values)}
    target = pathlib.Path(__file__).parent.parent / "src/data/fixtures/data-counts.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(out, indent=2) + "\n")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
