"""Writes what Python `tokenizers` makes of 1,000 odd lines with the starter's tokenizer.

The lines are seeded: several scripts, combining marks, emoji, control and unassigned characters, literal special tokens,
long words. Output: one JSON object {"tokenizers": version, "max_length": 8, "rows": [[text, ids, ids cut at max_length], ...]}
Usage: tokenizer_fixture.py TOKENIZER_JSON OUT        needs tokenizers (0.23.3 wrote the committed file)
"""

import json
import pathlib
import random
import sys

import tokenizers

RANGES = {
    "ascii": [(0x20, 0x7E)],
    "latin": [(0x61, 0x7A), (0xC0, 0x17F), (0x1E00, 0x1EFF)],
    "greek": [(0x391, 0x3A9), (0x3AC, 0x3CE), (0x1F00, 0x1F15), (0x3A3, 0x3A3)],
    "cyrillic": [(0x400, 0x45F)],
    "arabic": [(0x621, 0x652), (0x660, 0x669)],
    "hebrew": [(0x591, 0x5C7), (0x5D0, 0x5EA)],
    "devanagari": [(0x904, 0x939), (0x93C, 0x94D)],
    "thai": [(0xE01, 0xE3A), (0xE40, 0xE4E)],
    "cjk": [(0x4E00, 0x4EFF), (0x3400, 0x341F), (0xF900, 0xF91F), (0x3001, 0x3002)],
    "cjk-supplement": [(0x20000, 0x2001F), (0x2B740, 0x2B75F), (0x2F800, 0x2F81F)],
    "kana": [(0x3041, 0x3096), (0x30A1, 0x30FA)],
    "hangul": [(0xAC00, 0xAC7F), (0x1100, 0x1112)],
    "emoji": [(0x1F600, 0x1F64F), (0x1F3FB, 0x1F3FF), (0x200D, 0x200D), (0xFE0F, 0xFE0F), (0x1F1E6, 0x1F1FF)],
    "control": [(0x1, 0x1F), (0x7F, 0x9F), (0x200B, 0x200F), (0x2028, 0x202E), (0xFEFF, 0xFEFF), (0xFFFD, 0xFFFD), (0xE000, 0xE00F)],
    "space": [(0x20, 0x20), (0xA0, 0xA0), (0x2000, 0x200A), (0x3000, 0x3000), (0x9, 0xD)],
    "unassigned": [(0x378, 0x379), (0x2FE0, 0x2FEF), (0xFDD0, 0xFDD7), (0xE0080, 0xE0087)],
    "symbols": [(0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20BF), (0x2190, 0x21FF), (0xFF01, 0xFF5E), (0x2460, 0x2473)],
    "marks": [(0x61, 0x66), (0x300, 0x36F), (0x41, 0x46)],
}
WORDS = "I loved every minute a dull waste of time don't can't e-mail C++ 3.50 naïve café İstanbul STRASSE ﬁne Ⅷ x² ΟΔΟΣ ΣΑΣ"
FIXED = [
    "",
    " ",
    "I loved every minute",
    "a dull waste of time",
    "[CLS] and [SEP] as text, [cls] too, [MASK]ed[PAD]",
    "[ CLS ] [[SEP]] [CLS][SEP]",
    "a" * 100,
    "a" * 101,
    "é" * 60,
    "word" * 30 + " after",
    "e\u0301 and \u00e9 and E\u0301\u0323",
    "ΟΔΥΣΣΕΥΣ ΟΔΟΣ. Σ ΣΑΣ'Σ",
    "\ufeffBOM first",
    "tab\there\r\nnew\x0bline\x0cfeed\x85next\u2028sep",
    "👩‍👩‍👧‍👦 🇩🇪 👍🏽 ❤️",
    "https://example.org/?q=a+b&c=%20#top me@example.org",
]


def line(rng: random.Random) -> str:
    words = WORDS.split(" ")
    parts = []
    for _ in range(rng.randint(1, 5)):
        if rng.random() < 0.4:
            parts.append(rng.choice(words))
            continue
        ranges = RANGES[rng.choice(sorted(RANGES))]
        parts.append("".join(chr(rng.randint(*rng.choice(ranges))) for _ in range(rng.randint(1, 7))))
    return rng.choice([" ", " ", " ", "", "\n"]).join(parts)


def main() -> None:
    source, out = sys.argv[1:3]
    plain = tokenizers.Tokenizer.from_file(source)
    cut = tokenizers.Tokenizer.from_file(source)
    cut.enable_truncation(8)
    rng = random.Random(3)
    texts = FIXED + [line(rng) for _ in range(1000 - len(FIXED))]
    rows = [[text, plain.encode(text).ids, cut.encode(text).ids] for text in texts]
    rows = [json.dumps([text, ids, None if ids == short else short], separators=(",", ":")) for text, ids, short in rows]
    head = json.dumps({"tokenizers": tokenizers.__version__, "max_length": 8})[:-1]
    pathlib.Path(out).write_text(head + ', "rows": [\n' + ",\n".join(rows) + "\n]}\n", encoding="ascii")


if __name__ == "__main__":
    main()
