"""What range the inputs of each 8-bit product have, and which channels stand out.

A few channels of this encoder carry values a hundred times larger than the rest, the same ones for every text. Divided
by a power of two a channel (and multiplied back in the weights, which changes nothing) they no longer set the step size
of all others. Ranges are fixed here rather than taken from each batch, so that a text has one vector, whatever it is
embedded together with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

PATH = Path(__file__).with_name("calibration.json")
ZERO = ord("m")
"""Letter of the exponent 0; `n` is 1, `l` is -1."""

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Site:
    """The input of one product."""

    low: float
    high: float
    """Range after the division."""
    exponents: str = ""
    """One letter a channel, or empty when no channel is divided."""

    def divisors(self) -> Floats:
        exponents = np.frombuffer(self.exponents.encode("ascii"), np.uint8).astype(np.int32) - ZERO
        return np.ldexp(np.float32(1), exponents).astype(np.float32)

    @property
    def scale(self) -> np.float32:
        return np.float32((self.high - self.low) / 255)

    @property
    def zero_point(self) -> np.uint8:
        return np.uint8(np.clip(np.rint(-self.low / self.scale), 0, 255))


def letters(divisors: Floats) -> str:
    """Return the nearest powers of two in the form of `Site.exponents`."""
    exponents = np.rint(np.log2(divisors)).astype(np.int32) + ZERO
    return np.clip(exponents, ord("a"), ord("z")).astype(np.uint8).tobytes().decode("ascii")


def load() -> dict[str, Site]:
    """Return the sites in use, by product name."""
    return {name: Site(**values) for name, values in json.loads(PATH.read_text("utf-8")).items()}


def save(sites: dict[str, Site]) -> None:
    """Replace the sites in use."""
    document = {
        name: {"low": round(site.low, 4), "high": round(site.high, 4), "exponents": site.exponents}
        for name, site in sites.items()
    }
    PATH.write_text(json.dumps(document, indent=0) + "\n", "utf-8", newline="\n")
