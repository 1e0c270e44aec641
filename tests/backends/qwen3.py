"""Write a small model with the shape of Qwen3-Embedding and random weights."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

HEAD = 32
"""Channels of an attention head."""
DEVIATION = 0.02
"""Of the random weights; what Qwen3 is initialised with."""
QUERY_PROMPT = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"

Floats = npt.NDArray[np.float32]


def write(folder: Path, tokenizer: Path, hidden: int, layers: int, positions: int, seed: int) -> None:
    """Fill a folder in the layout of sentence-transformers; words are split as the tokenizer.json of a BERT does."""
    assert hidden % (2 * HEAD) == 0, hidden
    borrowed = json.loads(tokenizer.read_text("utf-8"))
    ids = {token["content"]: token["id"] for token in borrowed["added_tokens"]}
    vocabulary = len(borrowed["model"]["vocab"])
    heads = hidden // HEAD
    end = {"SpecialToken": {"id": "[SEP]", "type_id": 0}}
    text: list[dict[str, Any]] = [{"Sequence": {"id": "A", "type_id": 0}}, end]
    special = {"eos_token": "[SEP]", "pad_token": "[PAD]", "unk_token": "[UNK]"}
    unused = ("cls_token", "mean_tokens", "max_tokens", "mean_sqrt_len_tokens", "weightedmean_tokens")
    modules = ("Transformer", ""), ("Pooling", "1_Pooling"), ("Normalize", "2_Normalize")
    files: dict[str, object] = {
        "config.json": {
            "architectures": ["Qwen3ForCausalLM"],
            "model_type": "qwen3",
            "vocab_size": vocabulary,
            "hidden_size": hidden,
            "intermediate_size": 3 * hidden,
            "num_hidden_layers": layers,
            "num_attention_heads": heads,
            "num_key_value_heads": heads // 2,
            "head_dim": HEAD,
            "max_position_embeddings": positions,
            "rope_theta": 1_000_000.0,
            "rms_norm_eps": 1e-6,
            "hidden_act": "silu",
            "attention_bias": False,
            "use_sliding_window": False,
            "tie_word_embeddings": True,
            "bos_token_id": None,
            "eos_token_id": ids["[SEP]"],
            "pad_token_id": ids["[PAD]"],
            "initializer_range": DEVIATION,
            "torch_dtype": "float32",
        },
        "tokenizer.json": {
            **borrowed,
            "truncation": None,
            "padding": None,
            "post_processor": {
                "type": "TemplateProcessing",
                "single": text,
                "pair": [*text, {"Sequence": {"id": "B", "type_id": 0}}, end],
                "special_tokens": {"[SEP]": {"id": "[SEP]", "ids": [ids["[SEP]"]], "tokens": ["[SEP]"]}},
            },
        },
        "tokenizer_config.json": {
            **special,
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": positions,
            "padding_side": "left",
        },
        "special_tokens_map.json": special,
        "modules.json": [
            {"idx": at, "name": str(at), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for at, (kind, path) in enumerate(modules)
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": hidden,
            **{f"pooling_mode_{name}": False for name in unused},
            "pooling_mode_lasttoken": True,
            "include_prompt": True,
        },
        "config_sentence_transformers.json": {
            "prompts": {"query": QUERY_PROMPT, "document": ""},
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(json.dumps(content, indent=1, ensure_ascii=False), "utf-8")
    _write_safetensors(folder / "model.safetensors", _qwen3_tensors(vocabulary, hidden, layers, seed))


def _qwen3_tensors(vocabulary: int, hidden: int, layers: int, seed: int) -> dict[str, Floats]:
    random = np.random.default_rng(seed)
    inner, narrow = 3 * hidden, hidden // 2

    def weights(rows: int, columns: int) -> Floats:
        return random.standard_normal((rows, columns), np.float32) * np.float32(DEVIATION)

    tensors = {"model.embed_tokens.weight": weights(vocabulary, hidden)}
    tensors["model.norm.weight"] = np.ones(hidden, np.float32)
    for layer in range(layers):
        matrices = {
            "self_attn.q_proj": (hidden, hidden),
            "self_attn.k_proj": (narrow, hidden),
            "self_attn.v_proj": (narrow, hidden),
            "self_attn.o_proj": (hidden, hidden),
            "mlp.gate_proj": (inner, hidden),
            "mlp.up_proj": (inner, hidden),
            "mlp.down_proj": (hidden, inner),
        }
        norms = {"input_layernorm": hidden, "post_attention_layernorm": hidden}
        norms |= {"self_attn.q_norm": HEAD, "self_attn.k_norm": HEAD}
        tensors |= {f"model.layers.{layer}.{name}.weight": weights(*shape) for name, shape in matrices.items()}
        tensors |= {f"model.layers.{layer}.{name}.weight": np.ones(size, np.float32) for name, size in norms.items()}
    return tensors


def _write_safetensors(path: Path, tensors: dict[str, Floats]) -> None:
    """Write float32 tensors: the size of a JSON header in 8 bytes, the header, the values."""
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    at = 0
    for name, values in tensors.items():
        header[name] = {"dtype": "F32", "shape": values.shape, "data_offsets": [at, at + values.nbytes]}
        at += values.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for values in tensors.values():
            file.write(values.astype("<f4").tobytes())
