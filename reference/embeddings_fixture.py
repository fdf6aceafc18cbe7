"""Writes fixtures/embeddings.json: what PyTorch's BertModel makes of real sentences with real weights, for src/engine/models/real-weights.test.ts.

Usage: embeddings_fixture.py [--model ../shared/models/all-MiniLM-L6-v2]

{"model": ..., "texts": [...], "hidden_size": H, "first_tokens": base64 of F32 [texts, H]}: the last hidden state of [CLS] of each text alone,
the weights (F16 in the file) computed in F32.
"""

import argparse
import base64
import json
import pathlib

import torch
from transformers import AutoModel, AutoTokenizer

TEXTS = [
    "The parcel came two days late, and the box was open.",
    "Absolutely wonderful service, thank you!",
    "ok",
    "Where can I change my password?",
    "My invoice for March is 12.40 higher than the one for February; why?",
    "Das Paket ist nie angekommen.",
    "Le produit est arrivé cassé, remboursez-moi s'il vous plaît.",
    "The battery lasts about three hours, which is not what the shop promised me when I bought it last winter.",
    "I would not recommend this to anyone.",
    "Great sound. Poor microphone. Fair price.",
    "????",
    "Ünïcödé, naïve café — “quoted” text… 日本語",
    "She said that it was fine, but it was not fine at all.",
    "supercalifragilisticexpialidocious",
    "How far is it from the station to the museum on foot?",
    "The second act drags, the third one saves the film.",
    "Please cancel my order number 4711-B.",
    "It works :)",
    "Not bad, not good either.",
    "We waited for an hour, the soup was cold, the waiter was rude, and in the end they wanted us to pay for bread that we had not ordered.",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=pathlib.Path, default=pathlib.Path("../shared/models/all-MiniLM-L6-v2"))
    path = parser.parse_args().model
    tokenizer = AutoTokenizer.from_pretrained(path)
    model = AutoModel.from_pretrained(path, dtype=torch.float32).eval()
    with torch.no_grad():
        rows = [model(**tokenizer(text, return_tensors="pt")).last_hidden_state[0, 0] for text in TEXTS]
    values = torch.stack(rows).to(torch.float32).contiguous()
    written = {
        "model": path.name,
        "texts": TEXTS,
        "hidden_size": values.shape[1],
        "first_tokens": base64.b64encode(values.numpy().tobytes()).decode(),
    }
    out = pathlib.Path(__file__).parent / "fixtures" / "embeddings.json"
    out.write_text(json.dumps(written, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
