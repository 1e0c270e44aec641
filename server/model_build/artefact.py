"""Make the model's files, whole or not at all, and tell whether they are already there."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "seealso" / "embed" / "_model"
MODEL, VOCABULARY, MANIFEST = "model.onnx", "vocabulary.json", "manifest.json"
NAME = "multilingual-e5-small"
QUANTIZATION = "int8"
PARTIAL = ".partial"
RECIPE = ("artefact.py", "calibration.json", "calibration.py", "graph.py", "source.py", "vocabulary.py", "weights.py")


def recipe_hash() -> str:
    """Return what identifies the way the model is made: our code, which names the hash of its input."""
    here = Path(__file__).resolve().parent
    digest = hashlib.sha256()
    for name in RECIPE:
        # Read as text, so that a checkout with CRLF is the same recipe.
        digest.update(f"{name}\n{(here / name).read_text('utf-8')}\n".encode())
    return digest.hexdigest()


def is_current(folder: Path = FOLDER) -> bool:
    """Tell whether the folder holds what this recipe would make."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
        return bool(manifest["recipe"] == recipe_hash()) and all(
            (folder / name).stat().st_size == size for name, size in manifest["files"].items()
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def make(folder: Path = FOLDER) -> None:
    """Write the model's files, replacing older ones; an interrupted run leaves no half of them behind."""
    from model_build import calibration, graph, source, vocabulary, weights

    packed = weights.parse(source.read())
    files = {
        MODEL: graph.build(packed, calibration.load()).SerializeToString(deterministic=True),
        VOCABULARY: vocabulary.vocabulary_json(packed.vocabulary).encode(),
    }
    # The vectors' identity is what they are computed from, so that a change of comments embeds nothing anew.
    content = hashlib.sha256(b"".join(hashlib.sha256(data).digest() for data in files.values())).hexdigest()
    manifest = {
        "id": f"{NAME}-{QUANTIZATION}-{content[:8]}",
        "dimension": packed.shape.hidden,
        "max_tokens": packed.shape.positions,
        "recipe": recipe_hash(),
        "files": {name: len(data) for name, data in files.items()},
    }
    files[MANIFEST] = json.dumps(manifest, indent=1).encode()
    _replace(folder, files)


def _replace(folder: Path, files: dict[str, bytes]) -> None:
    # Written inside the folder, which git ignores, and moved into place; whatever an interrupted run left goes.
    folder.mkdir(parents=True, exist_ok=True)
    # Without its manifest the folder counts as not made, so it goes first and comes last.
    (folder / MANIFEST).unlink(missing_ok=True)
    for left in folder.iterdir():
        if left.name.endswith(PARTIAL):
            left.unlink()
    for name, data in files.items():
        partial = folder / f"{name}{PARTIAL}"
        partial.write_bytes(data)
        partial.replace(folder / name)
