"""Write the encoder as an ONNX graph with 8-bit matrix products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from model_build.calibration import Site
    from model_build.weights import Floats, Quantized, Weights

OPSET = 21
IR_VERSION = 10
CONTRIB = "com.microsoft"
WEIGHT_LIMIT = 64
"""Largest absolute value of a weight: processors without VNNI add two products in 16 bits, and 2 * 255 * 64 fits."""
QKV = ("q", "k", "v")


class _Graph:
    """Collect nodes and constants under unique names."""

    def __init__(self, sites: Mapping[str, Site]) -> None:
        self.sites = sites
        self.inputs_of_products: dict[str, str] = {}
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, value: npt.NDArray[Any]) -> str:
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], outputs: str | list[str], *, domain: str = "", **attributes: Any
    ) -> str:
        names = [outputs] if isinstance(outputs, str) else outputs
        self.nodes.append(helper.make_node(kind, inputs, names, name=names[0], domain=domain, **attributes))
        return names[0]

    def linear(self, source: str, name: str, weight: Floats, bias: Floats) -> str:
        """Append a product and its bias; `weight` has one row an output."""
        self.inputs_of_products[name] = source
        bias_name = self.constant(f"{name}.bias", bias)
        site = self.sites.get(name)
        if site is None:
            product = self.node("MatMul", [source, self.constant(f"{name}.weight", weight.T)], f"{name}.product")
            return self.node("Add", [product, bias_name], name)
        if site.exponents:
            divisors = site.divisors()
            source = self.node("Mul", [source, self.constant(f"{name}.factor", 1 / divisors)], f"{name}.evened")
            weight = weight * divisors
        scale = np.abs(weight).max(axis=1) / np.float32(WEIGHT_LIMIT)
        inputs = [
            self.constant(f"{name}.input_scale", np.asarray(site.scale)),
            self.constant(f"{name}.input_zero", np.asarray(site.zero_point)),
        ]
        quantized = self.node("QuantizeLinear", [source, *inputs], f"{name}.quantized")
        operands = [
            quantized,
            self.constant(f"{name}.weight", np.rint(weight / scale[:, None]).astype(np.int8).T),
            inputs[0],
            self.constant(f"{name}.scale", scale),
            inputs[1],
            "",
            bias_name,
        ]
        return self.node("MatMulIntegerToFloat", operands, name, domain=CONTRIB)


def build(weights: Weights, sites: Mapping[str, Site], *, with_inputs: bool = False) -> onnx.ModelProto:
    """Return the graph `ids (texts, tokens) -> vectors (texts, hidden)`.

    All texts of a batch have the same number of tokens: nothing is padded, so nothing needs a mask. Vectors have
    length 1. A product without a site stays in float32; `with_inputs` adds the input of each product, under the
    product's name, for calibration.
    """
    graph = _Graph(sites)
    hidden = _embeddings(graph, weights)
    for layer in range(weights.shape.layers):
        hidden = _layer(graph, weights, layer, hidden)
    pooled = graph.node("ReduceMean", [hidden, graph.constant("tokens_axis", np.array([1]))], "pooled", keepdims=0)
    graph.node("LpNormalization", [pooled], "vectors", axis=1, p=2)
    outputs = [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["texts", weights.shape.hidden])]
    if with_inputs:
        for name, source in graph.inputs_of_products.items():
            graph.node("Identity", [source], f"{name}.input")
            outputs.append(helper.make_tensor_value_info(f"{name}.input", TensorProto.FLOAT, None))
    body = helper.make_graph(
        graph.nodes,
        "multilingual-e5-small",
        [helper.make_tensor_value_info("ids", TensorProto.INT32, ["texts", "tokens"])],
        outputs,
        graph.constants,
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(CONTRIB, 1)]
    return helper.make_model(body, opset_imports=opsets, ir_version=IR_VERSION, producer_name="seealso")


def _embeddings(graph: _Graph, weights: Weights) -> str:
    """Look up words in a table that stays at 4 bits, add positions, normalise."""
    size = weights.shape.hidden
    table = weights.matrix("emb.word")
    graph.constants.append(_int4("word.table", table))
    scales = graph.constant("word.scale", table.scales.astype(np.float32))
    words = graph.node(
        "GatherBlockQuantized",
        ["word.table", "ids", scales],
        "word",
        domain=CONTRIB,
        block_size=32,
        gather_axis=0,
        quantize_axis=1,
    )
    # Every token is of type 0.
    positions = weights.vector("emb.pos").reshape(-1, size) + weights.vector("emb.type").reshape(-1, size)[0]
    start = graph.constant("position.start", np.array([0]))
    count = graph.node("Shape", ["ids"], "position.count", start=1, end=2)
    places = graph.node("Slice", [graph.constant("position.table", positions), start, count, start], "position")
    added = graph.node("Add", [words, places], "embedding.sum")
    gain = graph.constant("embedding.gain", weights.vector("emb.ln.w"))
    offset = graph.constant("embedding.offset", weights.vector("emb.ln.b"))
    return graph.node("LayerNormalization", [added, gain, offset], "embedding", epsilon=weights.shape.epsilon)


def _layer(graph: _Graph, weights: Weights, number: int, hidden: str) -> str:
    name = f"l{number}"

    def product(source: str, part: str, bias: Floats) -> str:
        product = f"{name}.{part}"
        return graph.linear(source, product, product_weight(weights, product), bias)

    def vector(part: str) -> Floats:
        return weights.vector(f"{name}.{part}")

    def normalised(source: str, skipped: str, part: str) -> str:
        gain = graph.constant(f"{name}.{part}.gain", vector(f"{part}.w"))
        offset = graph.constant(f"{name}.{part}.offset", vector(f"{part}.b"))
        epsilon = weights.shape.epsilon
        # Not SkipLayerNormalization, which is one node less and takes seven times as long.
        added = graph.node("Add", [source, skipped], f"{name}.{part}.sum")
        return graph.node("LayerNormalization", [added, gain, offset], f"{name}.{part}", epsilon=epsilon)

    # One product for query, key and value reads the activations once.
    biases = np.concatenate([vector(f"{part}.b") for part in QKV])
    joint = product(hidden, "qkv", biases)
    parts = [f"{name}.{part}" for part in QKV]
    graph.node("Split", [joint], parts, axis=2, num_outputs=3)
    attended = graph.node(
        "MultiHeadAttention", parts, f"{name}.attention", domain=CONTRIB, num_heads=weights.shape.heads
    )
    mixed = product(attended, "ao", vector("ao.b"))
    hidden = normalised(mixed, hidden, "aln")
    widened = product(hidden, "fi", vector("fi.b"))
    active = graph.node("Gelu", [widened], f"{name}.gelu", domain=CONTRIB)
    narrowed = product(active, "fo", vector("fo.b"))
    return normalised(narrowed, hidden, "oln")


def product_weight(weights: Weights, name: str) -> Floats:
    """Return the matrix of a product by its name in the graph, such as `l3.qkv`; one row an output."""
    layer, _, part = name.partition(".")
    stored = QKV if part == "qkv" else (part,)
    return np.concatenate([weights.matrix(f"{layer}.{each}.w").floats() for each in stored])


def _int4(name: str, table: Quantized) -> onnx.TensorProto:
    pairs = (table.nibbles & 15).astype(np.uint8).reshape(-1, 2)
    packed = pairs[:, 0] | (pairs[:, 1] << 4)
    return helper.make_tensor(name, TensorProto.INT4, table.nibbles.shape, packed.tobytes(), raw=True)
