"""What a starting vLLM is busy with, from its log; it can take a second or an hour."""

from __future__ import annotations

import re

_PHASES = (
    # A huge model is fetched in shards, each with a bar of its own.
    (
        re.compile(r"Fetching \d+ files: +(\d+)%|Downloading[^\n]*?: +(\d+)%|\.safetensors: +(\d+)%"),
        "fetching the model",
    ),
    (re.compile(r"Starting vLLM server on|Started server process|Waiting for application startup"), "opening its port"),
    (re.compile(r"init engine \(profile"), "getting ready"),
    (re.compile(r"Capturing CUDA graph[^\n]*?: +(\d+)%|Capturing (?:cudagraphs|CUDA graph)"), "capturing CUDA graphs"),
    (
        re.compile(r"Dynamo bytecode transform|Compiling a graph|torch\.compile takes|Warming up model for the compil"),
        "compiling the model",
    ),
    (re.compile(r"Loading weights took|Model loading took|KV cache memory|for KV cache on node"), "measuring memory"),
    (re.compile(r"checkpoint shards: +(\d+)% Completed"), "loading the model"),
    (re.compile(r"Starting to load model|Loading model from|Loading weights on"), "loading the model"),
    (re.compile(r"Initializing a V\d LLM engine|Waiting for init message"), "starting its engine"),
    (re.compile(r"Resolved architecture|version \d+\.\d+"), "reading the model's description"),
)


def phase(log_tail: str) -> str:
    """Return what vLLM does now, as `loading the model (50 %)`; empty when the log does not tell."""
    last, words = -1, ""
    for pattern, name in _PHASES:
        for found in pattern.finditer(log_tail, max(last, 0)):
            if found.start() >= last:
                share = next((group for group in found.groups() if group), "")
                last, words = found.start(), f"{name} ({share} %)" if share and share != "100" else name
    return words
