"""The 1,000 odd lines that every tokenizer is compared on: seeded, several scripts, combining marks, emoji, control and unassigned
characters, literal special tokens, long words, and sentences of our own. Used by tokenizer_fixture.py and tokenizer_families.py.
"""

import random

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
SENTENCES = [
    "The parcel came two days late, and the box was open on one side.",
    "Nobody at the desk could tell me why the booking wasn't there; they'd lost it, I'm sure.",
    "  Two spaces  inside,   three here, and some at the end   ",
    "It cost $1,299.00 (or €1.199,00) — 15 % more than in 2019!",
    "She'll say we've won, he'd say they're right: that's how it's done, isn't it?",
    "<s>A text</s> with <mask> and  <mask>  in it, <pad><unk> too.<s>",
    "[UNK] [MASK]  [MASK]x ［CLS］ ＜mask＞",
    "Das Frühstück war großartig, nur der Kaffee schmeckte nach Spülwasser.",
    "Le garçon a oublié l'addition ; nous sommes partis sans payer…",
    "Поезд опоздал на сорок минут, но проводник был очень вежлив.",
    "Το ξενοδοχείο είναι κοντά στη θάλασσα και το πρωινό πλούσιο.",
    "この店のラーメンはとても美味しかったです。また来ます！",
    "服务员很热情，但是房间有点小，隔音也不好。",
    "방은 깨끗했지만 밤에는 조금 시끄러웠어요.",
    "الطعام لذيذ والخدمة سريعة، لكن المكان مزدحم.",
    "खाना स्वादिष्ट था लेकिन सेवा बहुत धीमी थी।",
    "ร้านนี้อาหารอร่อยมาก แต่ต้องรอนาน น้ำเย็น",
    "ＦＵＬＬ ｗｉｄｔｈ　１２３ and ㍿ ① ② ½ ™ ﷺ ｶﾞ ｷﾞ",
    "line one\nline two\n\n\tindented\r\nwindows   \n",
    "a\u0301\u0323 o\u0308 A\u030a \u1e9b\u0323 \u0600a a\U0001f3fb \u0e01\u0e33 \u1100\u1161\u11a8",
    "\u2581one \u2581 two\u2581three \u2581\u2581 four",
    "zero\u200bwidth\u200djoin\u2060er \u00adsoft \u202eturned\u202c \x00nul\x07bell",
    "12345678901234567890 0x1F 1e-5 3,14 ٣٫١٤ 一二三",
    "x" * 300,
    "日本語" * 60,
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


def mixed(rng: random.Random) -> str:
    """A few words of our sentences among other things: longer, and more like a text."""
    parts = []
    for _ in range(rng.randint(1, 4)):
        words = rng.choice(SENTENCES[:18]).split(" ")
        start = rng.randrange(len(words))
        parts.append(" ".join(words[start : start + rng.randint(2, 9)]))
        if rng.random() < 0.5:
            parts.append(line(rng))
    return rng.choice([" ", " ", ". ", "  ", "\t"]).join(parts)


def starter_lines(rng: random.Random, count: int) -> list[str]:
    return FIXED + [line(rng) for _ in range(count - len(FIXED))]


def family_lines(rng: random.Random, count: int) -> list[str]:
    first = FIXED + SENTENCES
    return first + [(line if i % 2 else mixed)(rng) for i in range(count - len(first))]
