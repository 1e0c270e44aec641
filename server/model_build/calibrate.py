"""Measure `calibration.json` anew: `python -m model_build.calibrate TEXTS`, a file with one paragraph a line.

A tool for whoever changes the recipe; a build only reads the result. Needs onnxruntime and the weights installed. The
numbers in use come from 592 paragraphs of manuals in 17 languages.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from model_build import calibration, graph, source, vocabulary, weights
from seealso.embed.tokenizer import UnigramTokenizer

SMOOTHING = {"qkv": 0.6, "fi": 0.6, "fo": 0.8}
"""How much of the difference between channels moves from the activations to the weights, by kind of product."""
TAIL = 1e-5
"""Part of the values that may be clipped where no channel is divided."""
SAMPLED_ROWS = 4
"""Tokens a text whose values are kept for the quantiles."""

Floats = npt.NDArray[np.float32]


@dataclass(slots=True)
class _Seen:
    low: Floats | None = None
    high: Floats | None = None
    sample: list[Floats] = field(default_factory=list)

    def add(self, values: Floats, random: np.random.Generator) -> None:
        low, high = values.min(axis=0), values.max(axis=0)
        self.low = low if self.low is None else np.minimum(self.low, low)
        self.high = high if self.high is None else np.maximum(self.high, high)
        self.sample.append(values[random.integers(0, len(values), SAMPLED_ROWS)])


def measure(packed: weights.Weights, texts: list[str]) -> dict[str, _Seen]:
    """Run the float32 encoder over the texts and keep what each product was given."""
    import onnxruntime

    model = graph.build(packed, {}, with_inputs=True).SerializeToString()
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    tokenizer = UnigramTokenizer(**vocabulary.document(packed.vocabulary))
    names = [output.name for output in session.get_outputs() if output.name.endswith(".input")]
    seen = {name.removesuffix(".input"): _Seen() for name in names}
    random = np.random.default_rng(0)
    for text in texts:
        ids = np.array([tokenizer.encode(f"passage: {text}", packed.shape.positions)], np.int32)
        for name, values in zip(seen, session.run(names, {"ids": ids}), strict=True):
            seen[name].add(values[0], random)
    return seen


def site(packed: weights.Weights, name: str, seen: _Seen) -> calibration.Site:
    """Choose range and divisors of one product."""
    assert seen.low is not None
    assert seen.high is not None
    power = SMOOTHING.get(name.partition(".")[2])
    if power is None:
        low, high = np.quantile(np.concatenate(seen.sample), [TAIL, 1 - TAIL])
        return calibration.Site(float(low), float(high))
    largest = np.maximum(np.maximum(-seen.low, seen.high), np.float32(1e-3))
    weight = np.abs(graph.product_weight(packed, name)).max(axis=0)
    wanted = largest**power / weight ** (1 - power)
    exponents = calibration.letters((wanted / np.exp(np.log(wanted).mean())).astype(np.float32))
    divisors = calibration.Site(0, 1, exponents).divisors()
    return calibration.Site(float((seen.low / divisors).min()), float((seen.high / divisors).max()), exponents)


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("texts", type=Path)
    texts = parser.parse_args().texts.read_text("utf-8").splitlines()
    packed = weights.parse(source.read())
    seen = measure(packed, texts)
    calibration.save({name: site(packed, name, values) for name, values in seen.items()})
    sys.stderr.write(f"{len(texts)} texts, {len(seen)} products\n")


if __name__ == "__main__":
    main()
