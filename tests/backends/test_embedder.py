"""The embedding client and real servers: the right vectors, whatever the texts and however they travel."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backends import models, plain
from backends.conftest import QWEN3, Connect
from backends.gguf_files import gguf
from backends.servers import Running, llama_server
from seealso.embed.base import Lane, Vectors, same_model
from seealso.embed.client import KEEP, LONG_TOKEN, Client
from seealso.embed.serving import Served
from seealso.embed.wire import Encoding
from seealso.errors import EmbeddingError

SERVERS = ["llama_minilm", "llama_qwen", "vllm_minilm", "vllm_qwen"]
SOME_WORDS = (
    "backup server folder restore window garden orchestra symphony evening river network signature package "
    "stone bread onion letter mountain library harbour winter teacher engine paper bridge candle forest market"
)
SCRIPTS = (
    "",
    " ",
    "Wie stelle ich eine Sicherung wieder her?",
    "如何恢复数据库的备份？",
    "バックアップを復元する",
    "Как восстановить базу данных?",
    "🎻🎼 👩‍👩‍👧 done ✅",
    "a lone \ud83d surrogate",
    "line\nbreaks\r\n\tand tabs",
    "[SEP] [CLS] </s> <|endoftext|>",
    "\x00\x07 control \x1b[31m",
)


def sentence(words: int, seed: int) -> str:
    return " ".join(random.Random(seed).choices(SOME_WORDS.split(), k=words))


def mixed() -> list[str]:
    """Return 300 texts of many lengths and scripts, none longer than 256 tokens."""
    texts = [f"{SCRIPTS[number % len(SCRIPTS)]}{number if number > 20 else ''}" for number in range(60)]
    texts += [sentence(3 + number % 12, number) for number in range(237)]
    texts += [sentence(150, number) for number in range(3)]
    random.Random(1).shuffle(texts)
    return texts


def unit(rows: Vectors) -> Vectors:
    scaled: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def bare(server: Running, texts: list[str], **options: Any) -> Vectors:
    """Return what a plain client gets, a few texts at a time: llama.cpp has a limit for all of them together."""
    sent = [text.encode("utf-8", "replace").decode() for text in texts]
    return unit(np.concatenate([plain.embed(server, sent[at : at + 16], **options) for at in range(0, len(sent), 16)]))


def served(embedder: Any) -> Served:
    found = embedder._running[1].client.served
    assert isinstance(found, Served)
    return found


@pytest.fixture(params=SERVERS)
def server(request: pytest.FixtureRequest) -> Running:
    running: Running = request.getfixturevalue(request.param)
    return running


@pytest.mark.parametrize("lane", Lane)
def test_vectors_are_those_of_a_plain_client(server: Running, connect: Connect, lane: Lane) -> None:
    texts = mixed() if lane is Lane.BULK else mixed()[:40]
    embedder = connect(server)
    embedder.identify()
    rows = embedder.embed(texts, "passage", lane)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(rows, bare(server, texts), atol=1e-3)


def test_vllm_sends_bytes(server: Running, connect: Connect) -> None:
    embedder = connect(server)
    embedder.identify()
    is_vllm = "vllm" in server.log.name
    assert served(embedder).encoding is (Encoding.RAW if is_vllm else Encoding.BASE64)
    assert served(embedder).vllm == is_vllm


def test_a_server_with_one_model_needs_no_name(minilm: Running, connect: Connect) -> None:
    info = connect(minilm, model="").identify()
    assert same_model(info, connect(minilm).identify())
    assert info.id == "minilm/384"


@pytest.mark.parametrize("wanted", [32, 64])
@pytest.mark.parametrize(
    ("name", "by_server"),
    [("llama_qwen", False), ("vllm_qwen", True), ("vllm_minilm", False)],  # which vLLM may not cut off
)
def test_dimensions(name: str, by_server: bool, wanted: int, connect: Connect, request: pytest.FixtureRequest) -> None:
    server: Running = request.getfixturevalue(name)
    texts = mixed()[:20]
    embedder = connect(server, dimensions=wanted)
    info = embedder.identify()
    assert (info.dimension, info.id) == (wanted, f"{server.model}/{wanted}")
    assert served(embedder).dimensions == (wanted if by_server else 0)
    rows = embedder.embed(texts, "passage", Lane.BULK)
    np.testing.assert_allclose(rows, unit(bare(server, texts)[:, :wanted]), atol=2e-3)


def beginnings(text: str, max_tokens: int) -> list[str]:
    """Return what may be embedded for a text that is too long."""
    found = [text[: LONG_TOKEN * max_tokens]]
    while len(found[-1]) > 100:
        found.append(found[-1][: int(len(found[-1]) * KEEP)])
    return found


@pytest.mark.parametrize(
    ("name", "lane"),
    [
        *((name, lane) for name in ("llama_minilm", "vllm_minilm") for lane in Lane),
        ("vllm_qwen", Lane.BULK),  # nobody waits for 8,192 tokens
    ],
)
def test_of_a_long_text_the_beginning_is_embedded(
    name: str, connect: Connect, lane: Lane, request: pytest.FixtureRequest
) -> None:
    server: Running = request.getfixturevalue(name)
    embedder = connect(server)
    info = embedder.identify()
    words = 2 * max(info.max_tokens, 512)
    long = [sentence(words, seed) for seed in (1, 2)]
    short = [sentence(8, seed) for seed in range(6)]
    texts = [*short[:3], long[0], *short[3:], long[1]]
    rows = embedder.embed(texts, "passage", lane)
    np.testing.assert_allclose(rows[[0, 1, 2, 4, 5, 6]], bare(server, short), atol=1e-3)
    for row, text in zip(rows[[3, 7]], long, strict=True):
        if "vllm" in server.log.name:
            expected = bare(server, [text], truncate_prompt_tokens=info.max_tokens)
        else:
            # Ends of words are cut off by characters.
            fit = [part for part in beginnings(text, info.max_tokens) if len(part.split()) < 0.8 * words / 2]
            expected = bare(server, fit)
        assert float((expected @ row).max()) > 0.999


def test_a_wrong_key_is_named(minilm: Running, connect: Connect) -> None:
    embedder = connect(minilm, apiKey="another")
    for ask in (embedder.identify, lambda: embedder.embed(["text"], "query")):
        with pytest.raises(EmbeddingError, match="refuses the API key") as caught:
            ask()
        assert "SEEALSO_API_KEY" in caught.value.hint
        assert "another" not in str(caught.value)


def test_vllm_knows_no_other_model(vllm_minilm: Running, connect: Connect) -> None:
    with pytest.raises(EmbeddingError, match="no such model") as caught:
        connect(vllm_minilm, model="another").identify()
    assert "seealso.embedding.model" in caught.value.hint


def test_a_model_is_the_same_by_any_server(llama_minilm: Running, vllm_minilm: Running, connect: Connect) -> None:
    one, again, other = (connect(server).identify() for server in (llama_minilm, llama_minilm, vllm_minilm))
    assert one.id == again.id == other.id == "minilm/384"
    assert same_model(one, again)
    assert same_model(one, other)


def test_a_quantised_model_is_the_same_model(
    llama_qwen: Running, llama_environment: None, connect: Connect, tmp_path: Path
) -> None:
    with llama_server(
        gguf(models.qwen3_tiny(), "Q8_0"), log=tmp_path / "log", name=llama_qwen.model, context=2048
    ) as running:
        whole, quantised = connect(llama_qwen).identify(), connect(running).identify()
    assert whole.fingerprint is not None
    assert quantised.fingerprint is not None
    assert float(whole.fingerprint @ quantised.fingerprint) > 0.999
    assert same_model(whole, quantised)


def test_another_tokenizer_is_another_model(llama_qwen: Running, vllm_qwen: Running, connect: Connect) -> None:
    """llama.cpp puts a mark before the words of this one, and vLLM does not."""
    one, other = connect(llama_qwen).identify(), connect(vllm_qwen).identify()
    assert one.id == other.id
    assert not same_model(one, other)


@pytest.mark.parametrize(
    ("kind", "language", "prefix"),
    [
        pytest.param("passage", "", "", id="passage"),
        pytest.param(
            "query",
            "",
            "Instruct: Given a question or some words, retrieve passages that answer or explain them.\nQuery:",
            id="query",
        ),
        pytest.param(
            "query",
            "German",
            "Instruct: Given a question or some words, retrieve passages that answer or explain them."
            " The query is in German.\nQuery:",
            id="query in a language",
        ),
        pytest.param(
            "related",
            "",
            "Instruct: Given a piece of writing, retrieve passages on the same subject.\nQuery:",
            id="related",
        ),
    ],
)
def test_qwen3_is_given_its_instructions(
    vllm_qwen: Running, connect: Connect, kind: Any, language: str, prefix: str
) -> None:
    embedder = connect(vllm_qwen, model=QWEN3, queryLanguage=language)
    info = embedder.identify()
    assert (info.id, info.max_tokens) == (f"{QWEN3}/128", 8192)
    texts = ["How do I restore a backup?", ""]
    np.testing.assert_allclose(
        embedder.embed(texts, kind), bare(vllm_qwen, [prefix + text for text in texts]), atol=1e-3
    )


@pytest.mark.parametrize("name", ["llama_minilm", "vllm_minilm"])
def test_questions_go_before_an_index(name: str, connect: Connect, request: pytest.FixtureRequest) -> None:
    server: Running = request.getfixturevalue(name)
    embedder = connect(server, batchTokens=3200)
    embedder.identify()
    texts = [sentence(80, seed) for seed in range(40)]  # some 3,200 tokens
    began = time.monotonic()
    plain.embed(server, texts)
    whole_s = time.monotonic() - began
    ended = threading.Event()

    def bulk(number: int) -> None:
        while not ended.is_set():
            embedder.embed([f"{number} {text}" for text in texts], "passage", Lane.BULK)

    waits = []
    with ThreadPoolExecutor(2) as pool:
        calls = [pool.submit(bulk, number) for number in range(2)]
        try:
            time.sleep(0.5)
            for number in range(30):
                began = time.monotonic()
                assert embedder.embed([f"{number} how do I restore a backup"], "query").shape == (1, 384)
                waits.append(time.monotonic() - began)
                time.sleep(0.02)
        finally:
            ended.set()
        for call in calls:
            call.result()
    # First come, first served would mean to wait for four of these, which share the machine.
    assert np.percentile(waits, 95) < whole_s / 2, (whole_s, sorted(waits))


def test_bulk_work_outlives_its_server(
    llama_environment: None, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = gguf(models.minilm())
    texts = [sentence(12, seed) for seed in range(240)]
    under_way = threading.Event()
    sent = 0
    send = Client.send

    async def counted(*arguments: Any) -> Vectors:
        nonlocal sent
        sent += 1
        if sent == 8:
            under_way.set()
        return await send(*arguments)

    monkeypatch.setattr(Client, "send", counted)
    with ThreadPoolExecutor(1) as pool:
        with llama_server(file, log=tmp_path / "first", name="minilm") as first:
            embedder = connect(first)
            call = pool.submit(embedder.embed, texts, "passage", Lane.BULK)
            assert under_way.wait(20)
            os.kill(first.pid, signal.SIGKILL)
            time.sleep(0.5)
            assert not call.done()
        with llama_server(file, log=tmp_path / "second", name="minilm", after=first) as second:
            rows = call.result(60)
            assert second.url == first.url
            np.testing.assert_allclose(rows[::8], bare(second, texts[::8]), atol=1e-3)
