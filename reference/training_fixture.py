"""Writes what PyTorch and transformers make of training's small parts: the loss with class weights and label smoothing, the binary one of
several labels with weights of the positives, their gradients, AdamW with clipping and settings of its own, and the factors of the learning rate schedules.

Usage: training_fixture.py OUT        needs torch and transformers (2.15.0 and 5.23.0 wrote the committed file)
"""

import json
import pathlib
import sys

import torch
import transformers
from transformers import TrainingArguments
from transformers.trainer_pt_utils import LabelSmoother

SCHEDULES = ["linear", "cosine", "constant", "constant_with_warmup"]
ADAMW = {"lr": 0.02, "betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}
MAX_GRAD_NORM = 0.7
STEPS = 6


def loss_case(generator, rows, classes, weights, smoothing):
    logits = torch.randn(rows, classes, generator=generator, dtype=torch.float64).round(decimals=4).requires_grad_()
    labels = torch.randint(0, classes, (rows,), generator=generator)
    weight = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(logits, labels, weight=weight, label_smoothing=smoothing)
    loss.backward()
    if weights is None and smoothing > 0:
        smoother = LabelSmoother(epsilon=smoothing)({"logits": logits}, labels)
        assert torch.allclose(smoother, loss), "transformers smooths otherwise than torch"
    return {
        "logits": logits.detach().tolist(),
        "labels": labels.tolist(),
        "class_weights": weights,
        "label_smoothing": smoothing,
        "loss": loss.item(),
        "gradient": logits.grad.tolist(),
    }


def binary_loss_case(generator, rows, classes, weights):
    logits = (3 * torch.randn(rows, classes, generator=generator, dtype=torch.float64)).round(decimals=4).requires_grad_()
    flags = torch.randint(0, 2, (rows, classes), generator=generator)
    weight = None if weights is None else torch.tensor(weights, dtype=torch.float64)
    loss = torch.nn.BCEWithLogitsLoss(pos_weight=weight)(logits, flags.double())
    loss.backward()
    return {
        "logits": logits.detach().tolist(),
        "flags": flags.tolist(),
        "pos_weight": weights,
        "loss": loss.item(),
        "gradient": logits.grad.tolist(),
    }


def adamw(generator):
    parameter = torch.nn.Parameter(torch.randn(7, generator=generator))
    start = parameter.tolist()
    optimizer = torch.optim.AdamW([parameter], **ADAMW)
    gradients, norms, values = [], [], []
    for _ in range(STEPS):
        parameter.grad = torch.randn(7, generator=generator)
        gradients.append(parameter.grad.tolist())
        norms.append(torch.nn.utils.clip_grad_norm_([parameter], MAX_GRAD_NORM).item())
        optimizer.step()
        values.append(parameter.tolist())
    settings = {**ADAMW, "max_grad_norm": MAX_GRAD_NORM}
    return {"settings": settings, "start": start, "gradients": gradients, "norms": norms, "values": values}


def factors(kind, warmup, total):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedule = transformers.get_scheduler(kind, optimizer, num_warmup_steps=warmup, num_training_steps=total)
    rates = []
    for _ in range(total):
        rates.append(schedule.get_last_lr()[0])
        optimizer.step()
        schedule.step()
    return {"type": kind, "warmup": warmup, "total": total, "factors": rates}


def warmup_steps(total, steps):
    arguments = TrainingArguments(output_dir="unused", warmup_steps=steps, use_cpu=True, report_to=[])
    return {"total": total, "warmup_steps": steps, "expected": arguments.get_warmup_steps(total)}


def main(out):
    generator = torch.Generator().manual_seed(1)
    result = {
        "torch": torch.__version__.split("+")[0],
        "transformers": transformers.__version__,
        "losses": [
            loss_case(generator, 5, 2, None, 0.0),
            loss_case(generator, 6, 3, None, 0.1),
            loss_case(generator, 7, 4, [0.5, 1.0, 2.0, 3.5], 0.0),
            loss_case(generator, 9, 3, [1.5, 0.25, 0.8], 0.2),
        ],
        "adamw": adamw(generator),
        "binary_losses": [binary_loss_case(generator, 4, 3, None), binary_loss_case(generator, 5, 2, [0.5, 4.0])],
        "schedules": [factors(kind, *counts) for kind in SCHEDULES for counts in [(4, 20), (0, 7), (5, 5)]],
        "warmup": [warmup_steps(*pair) for pair in [(75, 0.1), (80, 0.1), (75, 8), (5, 0), (3, 0.99), (100, 12.0)]],
    }
    pathlib.Path(out).write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
