"""
PyTorch's training steps for the benchmarks, one at a time as they are asked for, so that they can take turns with ours. Says what it is in a
line of JSON, then reads an object a line and answers each with one: {"config", "batches"} makes transformers' BERT with random weights,
{"step", "threads"} times one step.
"""

import json
import sys
import time

import torch
import transformers

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
# float32 as ours, on CUDA too.
torch.backends.cuda.matmul.allow_tf32 = False
torch.backends.cudnn.allow_tf32 = False


def synchronize():
    if DEVICE == "cuda":
        torch.cuda.synchronize()


class Steps:
    """Eager mode, with what Trainer takes by default: fused AdamW, clipping to 1, scaled_dot_product_attention."""

    def __init__(self, config, batches):
        torch.manual_seed(1)
        self.model = transformers.BertForSequenceClassification(transformers.BertConfig(**config)).to(DEVICE).train()
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=1e-5, weight_decay=0.01, fused=True)
        self.batches = batches

    def step(self, index):
        """Milliseconds from token rows in lists to the loss as a number."""
        synchronize()
        begin = time.perf_counter()
        batch = {name: torch.tensor(values, device=DEVICE) for name, values in self.batches[index].items()}
        loss = self.model(**batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.optimizer.zero_grad()
        value = loss.item()
        synchronize()
        return {"milliseconds": 1000 * (time.perf_counter() - begin), "loss": value}


def answer(values):
    print(json.dumps(values), flush=True)


def main():
    answer({"torch": torch.__version__, "transformers": transformers.__version__, "device": DEVICE})
    steps = None
    for line in sys.stdin:
        request = json.loads(line)
        if "config" in request:
            steps = Steps(request["config"], request["batches"])
            answer({})
        else:
            torch.set_num_threads(request["threads"])
            answer(steps.step(request["step"]))


main()
