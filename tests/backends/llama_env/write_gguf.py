"""Write a model folder as GGUF for llama.cpp: `write_gguf.py FOLDER FILE TYPE`, run by the environment of llama.cpp.

For BERT and Qwen3 with a WordPiece vocabulary; TYPE is F32, F16 or Q8_0.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import gguf
import numpy as np
from gguf.quants import quantize
from safetensors.numpy import load_file

FILE_TYPES = {
    "F32": gguf.LlamaFileType.ALL_F32,
    "F16": gguf.LlamaFileType.MOSTLY_F16,
    "Q8_0": gguf.LlamaFileType.MOSTLY_Q8_0,
}
ARCHITECTURES = {"bert": gguf.MODEL_ARCH.BERT, "qwen3": gguf.MODEL_ARCH.QWEN3}
Q8_BLOCK = 32
WORD_START = "\u2581"


def add_shape(writer: Any, config: dict[str, Any]) -> None:
    """Add what the weights mean."""
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(config["num_attention_heads"])
    if config["model_type"] == "bert":
        writer.add_layer_norm_eps(config["layer_norm_eps"])
        writer.add_causal_attention(False)
    else:
        writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
        writer.add_head_count_kv(config["num_key_value_heads"])
        writer.add_key_length(config["head_dim"])
        writer.add_value_length(config["head_dim"])
        writer.add_rope_freq_base(config["rope_theta"])


def add_pooling(writer: Any, pooling: dict[str, Any]) -> None:
    """Add how the states of the tokens become one vector."""
    kinds = {
        "mean_tokens": gguf.PoolingType.MEAN,
        "lasttoken": gguf.PoolingType.LAST,
        "cls_token": gguf.PoolingType.CLS,
    }
    (kind,) = (kind for name, kind in kinds.items() if pooling.get(f"pooling_mode_{name}"))
    writer.add_pooling_type(kind)


def add_vocabulary(writer: Any, tokenizer: dict[str, Any], config: dict[str, Any]) -> None:
    """Add the WordPiece vocabulary as llama.cpp wants it: starts of words are marked, not their continuations."""
    special = {token["content"] for token in tokenizer["added_tokens"] if token["special"]}
    ids: dict[str, int] = tokenizer["model"]["vocab"]
    pieces = sorted(ids, key=lambda piece: ids[piece])
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("jina-v2-en")
    writer.add_token_list(
        [piece if piece in special else piece[2:] if piece.startswith("##") else WORD_START + piece for piece in pieces]
    )
    kinds = gguf.TokenType
    writer.add_token_types([kinds.CONTROL if piece in special else kinds.NORMAL for piece in pieces])
    writer.add_token_type_count(config.get("type_vocab_size", 1))
    writer.add_bos_token_id(ids["[CLS]"])
    writer.add_eos_token_id(ids["[SEP]"])
    writer.add_sep_token_id(ids["[SEP]"])
    writer.add_pad_token_id(ids["[PAD]"])
    writer.add_unk_token_id(ids["[UNK]"])
    writer.add_mask_token_id(ids["[MASK]"])
    # llama.cpp heeds none of the first for this kind of tokenizer: each text starts with [CLS], for Qwen3 too.
    writer.add_add_bos_token(config["model_type"] == "bert")
    writer.add_add_eos_token(True)
    writer.add_add_sep_token(False)


def add_tensors(writer: Any, weights: Path, config: dict[str, Any], kind: str) -> None:
    """Add the weights under llama.cpp's names; small ones keep their precision."""
    names = gguf.get_tensor_name_map(ARCHITECTURES[config["model_type"]], config["num_hidden_layers"])
    for source, values in load_file(weights).items():
        # BERT's pooler is for tasks that this is not; position_ids are 0, 1, 2 ...
        if source.startswith("pooler.") or source.endswith("position_ids"):
            continue
        name = names.get_name(source, try_suffixes=(".weight", ".bias"))
        assert name, source
        floats = values.astype(np.float32)
        keeps = floats.ndim == 1 or "position_embd" in name or "token_types" in name or floats.shape[-1] % Q8_BLOCK
        if kind == "F32" or keeps:
            writer.add_tensor(name, floats)
        elif kind == "F16":
            writer.add_tensor(name, floats.astype(np.float16))
        else:
            quantization = gguf.GGMLQuantizationType.Q8_0
            writer.add_tensor(name, quantize(floats, quantization), raw_dtype=quantization)


def main() -> None:
    """Write one file."""
    folder, target, kind = Path(sys.argv[1]), sys.argv[2], sys.argv[3]

    def read(name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((folder / name).read_text("utf-8"))
        return content

    config = read("config.json")
    writer = gguf.GGUFWriter(target, config["model_type"])
    writer.add_type("model")
    writer.add_name(folder.name)
    writer.add_file_type(FILE_TYPES[kind])
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    add_shape(writer, config)
    add_pooling(writer, read("1_Pooling/config.json"))
    add_vocabulary(writer, read("tokenizer.json"), config)
    add_tensors(writer, folder / "model.safetensors", config, kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    main()
