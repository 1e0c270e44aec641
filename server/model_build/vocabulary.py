"""Write the vocabulary in the form `seealso.embed.tokenizer` reads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from model_build.weights import Vocabulary


def document(vocabulary: Vocabulary) -> dict[str, Any]:
    """Return pieces and scores in the order of their ids, and the map of characters."""
    control = {vocabulary.bos, vocabulary.eos, vocabulary.pad, vocabulary.unknown, len(vocabulary.pieces) - 1}
    return {
        "bos": vocabulary.bos,
        "eos": vocabulary.eos,
        "unknown": vocabulary.unknown,
        # An empty piece matches no text: a literal `<s>` in prose is no control symbol.
        "pieces": ["" if number in control else piece for number, piece in enumerate(vocabulary.pieces)],
        "scores": [float(str(score)) for score in vocabulary.scores],
        "characters": {chr(code): text for code, text in sorted(vocabulary.characters.items())},
    }


def vocabulary_json(vocabulary: Vocabulary) -> str:
    """Return the document as JSON."""
    return json.dumps(document(vocabulary), ensure_ascii=False, separators=(",", ":"))
