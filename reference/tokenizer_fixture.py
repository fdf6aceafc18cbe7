"""Writes what Python `tokenizers` makes of 1,000 odd lines with the starter's tokenizer.

The lines are those of tokenizer_lines.py. Output: one JSON object {"tokenizers": version, "max_length": 8, "rows": [[text, ids, ids cut at max_length], ...]}
Usage: tokenizer_fixture.py TOKENIZER_JSON OUT        needs tokenizers (0.23.3 wrote the committed file)
"""

import json
import pathlib
import random
import sys

import tokenizers
from tokenizer_lines import starter_lines

def main() -> None:
    source, out = sys.argv[1:3]
    plain = tokenizers.Tokenizer.from_file(source)
    cut = tokenizers.Tokenizer.from_file(source)
    cut.enable_truncation(8)
    texts = starter_lines(random.Random(3), 1000)
    rows = [[text, plain.encode(text).ids, cut.encode(text).ids] for text in texts]
    rows = [json.dumps([text, ids, None if ids == short else short], separators=(",", ":")) for text, ids, short in rows]
    head = json.dumps({"tokenizers": tokenizers.__version__, "max_length": 8})[:-1]
    pathlib.Path(out).write_text(head + ', "rows": [\n' + ",\n".join(rows) + "\n]}\n", encoding="ascii")


if __name__ == "__main__":
    main()
