"""Writes small tokenizers of every family, as folders without tokenizer.json have them, and what transformers makes of 1,000 lines.

Trains a byte-level BPE (Python `tokenizers`) and two Unigram models (`sentencepiece`, nmt_nfkc) on TEXT and on lines of
tokenizer_lines.py. Every tokenizer gives four things a line i: its ids alone; alone, cut at cut_length(i); as a pair with the
line pair_of(i); that pair, cut. The first are written as they are, the others as FNV-1a of ids and token types.

The tokenizers are made by AutoTokenizer from the folder, but for deberta-v2: there transformers 5 ignores the model's own
character map, so DebertaV2Converter (what transformers 4 used) makes it; `auto_differs` counts the lines where they differ.

Usage: tokenizer_families.py TEXT OUT      TEXT: any English text, 1 MB is plenty; only its statistics stay in the vocabularies
Needs transformers, tokenizers, sentencepiece (5.23.0, 0.23.3, 0.2.3 wrote the committed files).
"""

import base64
import gzip
import json
import pathlib
import random
import sys
import tempfile
import types

import sentencepiece
import tokenizers
import transformers
from sentencepiece import sentencepiece_model_pb2
from tokenizer_lines import family_lines, mixed
from tokenizers import AddedToken, normalizers
from transformers import AutoTokenizer, PreTrainedTokenizerFast
from transformers.convert_slow_tokenizer import DebertaV2Converter, XLMRobertaConverter

COUNT = 1000
VOCABULARY = 2000
DEBERTA_TOKENS = {"cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]"}
ROBERTA_TOKENS = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]


def cut_length(i):
    return 6 + i * 7 % 31


def pair_of(i):
    return (i * 37 + 11) % COUNT


def fnv(numbers):
    value = 0x811C9DC5
    for number in numbers:
        for byte in (number & 0xFFFFFFFF).to_bytes(4, "little"):
            value = (value ^ byte) * 0x01000193 & 0xFFFFFFFF
    return value


def hashed(encoding):
    types = encoding.get("token_type_ids", [0] * len(encoding["input_ids"]))
    return fnv([*encoding["input_ids"], -1, *types])


def encode(tokenizer, lines):
    """Token types come from the template for every tokenizer; a model without them ignores them. As batches of one: there an empty second
    text is one, alone it is taken for none."""

    def call(*texts, **options):
        batch = tokenizer(*([text] for text in texts), return_token_type_ids=True, **options)
        return {name: values[0] for name, values in batch.items()}

    rows = {"single": [], "cut": [], "pair": [], "pair_cut": []}
    for i, text in enumerate(lines):
        other = lines[pair_of(i)]
        short = {"truncation": "longest_first", "max_length": cut_length(i)}
        rows["single"].append(call(text)["input_ids"])
        rows["cut"].append(hashed(call(text, **short)))
        rows["pair"].append(hashed(call(text, other)))
        rows["pair_cut"].append(hashed(call(text, other, **short)))
    return rows


def write(out, name, value):
    data = json.dumps(value, separators=(",", ":")).encode("ascii")
    path = out / f"{name}.json.gz"
    path.write_bytes(gzip.compress(data, 9, mtime=0))
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def auto(folder, model_type, files, config=None):
    folder.mkdir()
    for name, content in {"config.json": json.dumps({"model_type": model_type}), **files}.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    if config is not None:
        (folder / "tokenizer_config.json").write_text(json.dumps(config))
    return AutoTokenizer.from_pretrained(folder)


def train_bpe(texts):
    trained = tokenizers.ByteLevelBPETokenizer()
    trained.train_from_iterator(texts, vocab_size=VOCABULARY, special_tokens=ROBERTA_TOKENS, show_progress=False)
    model = json.loads(trained.to_str())["model"]
    merges = "".join(f"{a} {b}\n" for a, b in model["merges"])
    return {"vocab.json": json.dumps(model["vocab"]), "merges.txt": f"#version: 0.2\n{merges}"}


def train_sentencepiece(work, texts, **options):
    source = work / "text.txt"
    source.write_text("\n".join(text.replace("\n", " ").replace("\0", "") for text in texts), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(source), model_prefix=str(work / "m"), vocab_size=VOCABULARY, character_coverage=0.999, minloglevel=2, **options
    )
    return (work / "m.model").read_bytes()


def deberta(folder):
    """The converter needs no slow tokenizer, only what it asks one for."""
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(folder / "spm.model"))
    slow = types.SimpleNamespace(
        vocab_file=str(folder / "spm.model"),
        do_lower_case=False,
        split_by_punct=False,
        convert_tokens_to_ids=pieces.piece_to_id,
    )
    return PreTrainedTokenizerFast(tokenizer_object=DebertaV2Converter(slow).converted(), **DEBERTA_TOKENS)


def xlm_of_4(folder):
    """The tokenizer.json that transformers 4 wrote for a sentencepiece.bpe.model: other parts around the same model."""
    reordered = {"<s>": 0, "</s>": 2}
    slow = types.SimpleNamespace(
        vocab_file=str(folder / "sentencepiece.bpe.model"), add_prefix_space=True, convert_tokens_to_ids=reordered.get
    )
    converted = XLMRobertaConverter(slow).converted()
    converted.add_special_tokens([AddedToken(token, special=True) for token in ROBERTA_TOKENS])
    return PreTrainedTokenizerFast(
        tokenizer_object=converted, cls_token="<s>", sep_token="</s>", unk_token="<unk>", pad_token="<pad>", mask_token="<mask>"
    )


def parts(tokenizer):
    """tokenizer.json without the vocabulary and without the character map, which the test puts in again."""
    value = json.loads(tokenizer.backend_tokenizer.to_str())
    value["model"] = None
    for each in value["normalizer"].get("normalizers", [value["normalizer"]]):
        if each["type"] == "Precompiled":
            each["precompiled_charsmap"] = None
    return value


def split_charsmap(model):
    """The model without its character map, which is the same in all of them: appended to the file it is part of it again."""
    proto = sentencepiece_model_pb2.ModelProto.FromString(model)
    charsmap = proto.normalizer_spec.precompiled_charsmap
    proto.normalizer_spec.ClearField("precompiled_charsmap")
    return proto.SerializeToString(), charsmap


def charsmap_fixture(charsmap, rng):
    normalizer = normalizers.Precompiled(charsmap)
    points = [p for p in range(1, 0x110000) if not 0xD800 <= p <= 0xDFFF]
    changed = [[p, n] for p in points if (n := normalizer.normalize_str(chr(p))) != chr(p)]
    bases = [*range(0x20, 0x7F), *range(0xA0, 0x250), 0x391, 0x3A9, 0x42F, 0x5D0, 0x627, 0x915, 0xE01, 0x1100, 0xFF21, 0xFF76, 0x2460, 0xFB01]
    marks = [*range(0x300, 0x370), 0x5B0, 0x64B, 0x93C, 0xE33, 0x1161, 0x200D, 0x20DD, 0x3099, 0xFE0F, 0xFF9E, 0xFF9F, 0x1F3FB, 0x0D, 0x0A]
    texts = ["".join(chr(rng.choice(bases)) + "".join(chr(rng.choice(marks)) for _ in range(rng.randint(0, 3))) for _ in range(3)) for _ in range(1500)]
    texts += ["\r\n", "a\r\n\u0301", "\u0600a\u0301", "\u06ddﬁ"]
    return {
        "charsmap": base64.b64encode(charsmap).decode("ascii"),
        "changed": changed,
        "texts": texts,
        "normalized": [fnv(normalizer.normalize_str(text).encode("utf-8")) for text in texts],
    }


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    work = pathlib.Path(tempfile.mkdtemp())
    rng = random.Random(11)
    lines = family_lines(rng, COUNT)
    training = source.read_text(encoding="utf-8")[:1_500_000].split("\n") + [mixed(rng) for _ in range(2000)]

    def save(name, tokenizer, files, **more):
        versions = {"transformers": transformers.__version__, "tokenizers": tokenizers.__version__}
        packed = {key: base64.b64encode(value).decode("ascii") if isinstance(value, bytes) else value for key, value in files.items()}
        write(out, name, {**versions, **more, "files": packed, **encode(tokenizer, lines)})

    write(out, "lines", lines)
    starter = json.loads(pathlib.Path("public/models/starter/tokenizer.json").read_text(encoding="utf-8"))["model"]["vocab"]
    vocab_txt = "".join(f"{token}\n" for token in sorted(starter, key=starter.get))
    save("bert-uncased", auto(work / "uncased", "bert", {"vocab.txt": vocab_txt}), {})
    cased = {"do_lower_case": False, "strip_accents": True, "tokenize_chinese_chars": False}
    save("bert-cased", auto(work / "cased", "distilbert", {"vocab.txt": vocab_txt}, cased), {}, config=cased)

    bpe = train_bpe(training)
    save("roberta", auto(work / "roberta", "roberta", bpe), bpe)

    xlm_model = train_sentencepiece(work, training)
    xlm_small, charsmap = split_charsmap(xlm_model)
    save("xlm-roberta", auto(work / "xlm", "xlm-roberta", {"sentencepiece.bpe.model": xlm_model}), {"sentencepiece.bpe.model": xlm_small})
    of_4 = xlm_of_4(work / "xlm")
    save("xlm-roberta-4", of_4, {}, parts=parts(of_4))

    ids = {"pad_id": 0, "bos_id": 1, "eos_id": 2, "unk_id": 3}
    pieces = {"pad_piece": "[PAD]", "bos_piece": "[CLS]", "eos_piece": "[SEP]", "unk_piece": "[UNK]"}
    deberta_model = train_sentencepiece(work, training, seed_sentencepiece_size=20000, **ids, **pieces)
    deberta_small, same = split_charsmap(deberta_model)
    assert same == charsmap
    made_by_5 = auto(work / "deberta", "deberta-v2", {"spm.model": deberta_model})
    tokenizer = deberta(work / "deberta")
    differs = sum(made_by_5(text)["input_ids"] != tokenizer(text)["input_ids"] for text in lines)
    save("deberta-v2", tokenizer, {"spm.model": deberta_small}, auto_differs=differs)

    write(out, "charsmap", charsmap_fixture(charsmap, rng))


if __name__ == "__main__":
    main()
