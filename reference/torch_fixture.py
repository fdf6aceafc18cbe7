"""Writes files of torch.save for the reader of pytorch_model.bin, and what torch itself reads from them.

OUT/zip.bin, OUT/legacy.bin         one state dict in both formats: dtypes, parameters, shared, strided, sliced, empty and scalar tensors
OUT/expected.safetensors            its floating-point values as contiguous F32
OUT/protocol-P.bin                  a small state dict under each pickle protocol that torch allows
OUT/malicious.bin, malicious-legacy.bin, module.bin, checkpoint.bin      what must be refused: a call, a whole module, a nested checkpoint
OUT/shards-bin, OUT/shards-safetensors     one toy state dict in pieces with an index, as huggingface_hub writes them
Usage: torch_fixture.py OUT        needs torch, safetensors, huggingface_hub (2.15.0, 0.8.0, 2.4.0 wrote the committed files)
"""

import collections
import pathlib
import sys

import torch
from huggingface_hub import save_torch_state_dict
from safetensors.torch import save_file


class Evil:
    def __reduce__(self):
        import os

        return os.system, ("echo this must never run",)


def state_dict():
    torch.manual_seed(11)
    base = torch.randn(6, 5)
    module = torch.nn.Sequential(torch.nn.Linear(4, 3), torch.nn.LayerNorm(3))
    tensors = collections.OrderedDict(module.state_dict())
    tensors._metadata = module.state_dict()._metadata
    tensors["parameter"] = torch.nn.Parameter(torch.randn(2, 3))
    tensors["half"] = torch.randn(3, 2).half()
    tensors["bfloat16"] = torch.randn(7).bfloat16()
    tensors["float64"] = torch.randn(2, dtype=torch.float64)
    tensors["ids"] = torch.arange(4).reshape(1, 4)
    tensors["base"] = base
    tensors["tied"] = base
    tensors["transposed"] = base.t()
    tensors["sliced"] = base[2:5, 1::2]
    tensors["broadcast"] = torch.randn(3, 1).expand(3, 1)
    tensors["permuted"] = torch.randn(2, 3, 4).half().permute(2, 0, 1)
    tensors["scalar"] = torch.tensor(2.5)
    tensors["empty"] = torch.zeros(0, 3)
    tensors["Größe.weight"] = torch.randn(2)
    return tensors


def write_refused(out):
    torch.save({"weight": torch.zeros(2), "x": Evil()}, out / "malicious.bin")
    torch.save({"weight": torch.zeros(2), "x": Evil()}, out / "malicious-legacy.bin", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(2, 2), out / "module.bin")
    torch.save({"epoch": 3, "state_dict": {"weight": torch.zeros(2)}}, out / "checkpoint.bin")


def write_shards(out):
    torch.manual_seed(12)
    tensors = {f"layer.{i}.weight": torch.randn(4, 6) for i in range(5)}
    for folder, pattern, safe in [
        ("shards-bin", "pytorch_model{suffix}.bin", False),
        ("shards-safetensors", "model{suffix}.safetensors", True),
    ]:
        (out / folder).mkdir(exist_ok=True)
        save_torch_state_dict(
            tensors, out / folder, filename_pattern=pattern, max_shard_size=200, safe_serialization=safe, metadata={"format": "pt"}
        )
    save_file(tensors, out / "shards-expected.safetensors")


def main():
    out = pathlib.Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    tensors = state_dict()
    torch.save(tensors, out / "zip.bin")
    torch.save(tensors, out / "legacy.bin", _use_new_zipfile_serialization=False)
    floats = {name: t.detach().float().contiguous().clone() for name, t in tensors.items() if t.dtype in (torch.float32, torch.half, torch.bfloat16)}
    save_file(floats, out / "expected.safetensors")
    for protocol in (2, 3, 4, 5):
        torch.save({"a": torch.arange(3.0), "b": [1, -2, 3.5, None, True, ("x", "y" if protocol == 2 else b"y")]}, out / f"protocol-{protocol}.bin", pickle_protocol=protocol)
    write_refused(out)
    write_shards(out)


main()
