"""Milliseconds of a training step of transformers' BERT on PyTorch's CPU (or CUDA with TF32 off), for bench/gpu: reads a JSON object, prints one."""

import json
import sys
import time

import torch
from transformers import BertConfig, BertForSequenceClassification

request = json.load(sys.stdin)
device = "cuda" if torch.cuda.is_available() else "cpu"
torch.set_num_threads(request["threads"])
torch.manual_seed(1)
model = BertForSequenceClassification(BertConfig(**request["config"])).to(device).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-5)
batches = [{name: torch.tensor(values, device=device) for name, values in batch.items()} for batch in request["batches"]]


def step(batch):
    optimizer.zero_grad()
    loss = model(**batch).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


best = []
for batch in batches:
    step(batch)
    times = []
    for _ in range(request["repeats"]):
        begin = time.perf_counter()
        step(batch)
        times.append(1000 * (time.perf_counter() - begin))
    best.append(min(times))
print(json.dumps({"milliseconds": sum(best) / len(best), "device": device, "torch": torch.__version__}))
