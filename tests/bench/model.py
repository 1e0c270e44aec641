"""How fast the embedded model is, beside its plainest 8-bit form and the processor's own rate, all in one run.

`PYTHONPATH=tests:server python -m bench.model` embeds passages of the kernel documentation. Absolute rates say more
about the machine than about us; the two ratios can be compared between machines.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from bench.fetching import FetchError
from bench.kernel_docs import passages
from model_build import graph, source, weights
from seealso.embed.batching import equal_length_batches
from seealso.embed.cores import default_threads
from seealso.embed.onnx import PREFIXES, TOKEN_BUDGET, OnnxEmbedder

PLAIN_BUDGET = 4096
"""Tokens of a run of the plain form, which is fastest with large batches."""
ROWS, INNER, OUTER = 512, 384, 1536
"""The model's largest product."""
QUERY = "how do I restore a backup of the database when the service does not start any more after an upgrade"


def product_rate(threads: int) -> float:
    """Return the operations/s of bare 8-bit matrix products of the model's shape, one a thread, side by side."""
    generator = np.random.default_rng(1)
    weight = numpy_helper.from_array(generator.integers(-64, 64, (INNER, OUTER), np.int8), "weight")
    body = helper.make_graph(
        [helper.make_node("MatMulInteger", ["rows", "weight"], ["product"])],
        "product",
        [helper.make_tensor_value_info("rows", TensorProto.UINT8, [ROWS, INNER])],
        [helper.make_tensor_value_info("product", TensorProto.INT32, [ROWS, OUTER])],
        [weight],
    )
    model = helper.make_model(body, opset_imports=[helper.make_opsetid("", graph.OPSET)], ir_version=graph.IR_VERSION)
    run = session(model.SerializeToString(), 1)
    rows = generator.integers(0, 255, (ROWS, INNER), np.uint8)
    repeats = 200

    def multiply() -> None:
        # Into the same memory each time, as inside of a graph: to get new memory from the system costs more.
        bound = run.io_binding()
        bound.bind_cpu_input("rows", rows)
        product = onnxruntime.OrtValue.ortvalue_from_shape_and_type([ROWS, OUTER], np.int32)
        bound.bind_ortvalue_output("product", product)
        for _ in range(repeats):
            run.run_with_iobinding(bound)

    with ThreadPoolExecutor(threads) as pool:
        elapsed = timed(lambda: list(pool.map(lambda _: multiply(), range(threads))))
    return 2 * ROWS * INNER * OUTER * repeats * threads / elapsed


def plain_form(packed: weights.Weights, folder: Path) -> Any:
    """Return the same encoder quantised by ONNX Runtime's own tool, optimised and threaded as it does by itself."""
    whole, small = folder / "float.onnx", folder / "int8.onnx"
    onnx.save(graph.build(packed, {}), str(whole))
    quantize_dynamic(
        whole,
        small,
        op_types_to_quantize=["MatMul"],
        weight_type=QuantType.QInt8,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )
    return session(small.read_bytes(), default_threads())


def session(model: bytes, threads: int) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def operations(packed: weights.Weights, tokens: int) -> int:
    """Return the operations of the matrix products for so many tokens; attention comes on top and is not counted."""
    hidden, layers = packed.shape.hidden, packed.shape.layers
    feed_forward = len(packed.matrix("l0.fi.w").nibbles)
    return 2 * tokens * layers * hidden * (4 * hidden + 2 * feed_forward)


def batches(ids: Sequence[list[int]], budget: int) -> list[Any]:
    positions = equal_length_batches([len(tokens) for tokens in ids], budget)
    return [np.array([ids[position] for position in batch], np.int32) for batch in positions]


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    arguments.add_argument("--passages", type=int, default=1500)
    arguments.add_argument("--rounds", type=int, default=3)
    options = arguments.parse_args()
    texts = passages(options.passages)
    embedder = OnnxEmbedder()
    tokenizer = embedder._load().tokenizer
    ids = [tokenizer.encode(PREFIXES["passage"] + text, embedder.info.max_tokens) for text in texts]
    tokens = sum(map(len, ids))
    packed = weights.parse(source.read())
    threads = default_threads()
    with tempfile.TemporaryDirectory() as folder:
        plain = plain_form(packed, Path(folder))
    large, own = batches(ids, PLAIN_BUDGET), batches(ids, TOKEN_BUDGET)

    def run_bare() -> None:
        bare = embedder._load().session
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(lambda batch: bare.run(None, {"ids": batch}), own))

    def run_plain() -> None:
        for batch in large:
            plain.run(None, {"ids": batch})

    # By turns, so that a busy moment of the machine hits all of them; the best of each counts.
    rounds = [
        (
            tokens / timed(lambda: embedder.embed(texts, "passage")),
            tokens / timed(run_bare),
            tokens / timed(run_plain),
            product_rate(threads),
        )
        for _ in range(options.rounds)
    ]
    ours, bare, theirs, products = map(max, zip(*rounds, strict=True))
    share = operations(packed, 1) * ours / products
    queries = [timed(lambda: embedder.embed([QUERY], "query")) for _ in range(50)]
    print(f"passages, tokens, threads      {len(texts):>8,} {tokens:>9,} {threads:>3}")
    print(f"embedder, texts to vectors     {ours:>8,.0f} tokens/s")
    print(f"its session alone              {bare:>8,.0f} tokens/s, {bare / ours - 1:.0%} more")
    print(f"plain dynamic int8             {theirs:>8,.0f} tokens/s; ours is {ours / theirs:.2f} times as fast")
    print(f"bare 8-bit products            {products / 1e12:>8.2f} TOPS; those in the model reach {share:.0%} of it")
    length = len(tokenizer.encode(PREFIXES["query"] + QUERY, embedder.info.max_tokens))
    print(f"one query of {length} tokens         {statistics.median(queries) * 1e3:>8.1f} ms")


if __name__ == "__main__":
    try:
        main()
    except FetchError as error:
        sys.exit(str(error))
