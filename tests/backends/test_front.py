"""Real servers behind the command line and the language server, on the sample handbook."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from lsprotocol import types

from backends.conftest import QWEN3
from backends.front import User, user, user_of
from backends.servers import Running
from cli.command import HANDBOOK, Seealso
from lsp.conftest import leave
from lsp.editor import Editor


@pytest.fixture
def handbook(tmp_path: Path) -> Seealso:
    """The sample handbook, not indexed yet."""
    shutil.copytree(HANDBOOK, tmp_path / "handbook")
    return Seealso(tmp_path / "cache", tmp_path / "handbook")


@pytest.mark.parametrize(
    ("name", "model", "space", "knows"),
    [
        pytest.param("llama_minilm", "", "minilm/384", True, id="llama_minilm"),
        pytest.param("vllm_minilm", "minilm", "minilm/384", True, id="vllm_minilm"),
        pytest.param("vllm_qwen", QWEN3, f"{QWEN3}/128", False, id="vllm_qwen"),  # its weights are random
    ],
)
def test_commands(
    name: str, model: str, space: str, knows: bool, handbook: Seealso, request: pytest.FixtureRequest
) -> None:
    us = user_of(request.getfixturevalue(name), handbook, model=model)
    first = us.answer("index", "handbook")
    assert first["pending"] == 0
    assert first["embedded"]
    assert us.answer("index", "handbook")["embedded"] == 0

    status = us.answer("status", "handbook")
    assert (status["model"], status["state"], status["errors"]) == (space, "ready", [])
    assert status["embedded"] == status["passages"]

    matches = us.answers("search", "somebody deleted a file by mistake", "--path", "handbook")
    assert all(isinstance(match["dense"], float) for match in matches)
    if knows:
        assert "restore" in " ".join(str(match["path"]) for match in matches[:3])
    related = us.answers("related", "handbook/guide/restore.md:5")
    assert related
    assert all(isinstance(match["dense"], float) for match in related)
    documents = us.answers("related", "--documents", "handbook/guide/restore.md")
    assert documents
    assert "guide/restore.md" not in [match["path"] for match in documents]
    kinds = {group["kind"] for group in us.answers("duplicates", "handbook")}
    assert kinds >= ({"exact", "edited"} if knows else {"exact"})


def test_what_is_embedded_stays_when_models_change(handbook: Seealso, llama_minilm: Running) -> None:
    onnx = user(handbook, {})
    llama = user_of(llama_minilm, handbook)

    def embedded(us: User) -> object:
        return us.answer("update", "handbook")["embedded"]

    texts = onnx.answer("index", "handbook")["embedded"]
    assert texts
    assert embedded(llama) == texts
    assert (embedded(onnx), embedded(llama)) == (0, 0)
    (handbook.folder / "new.md").write_text("# New\n\nThe key of the archive hangs behind the door of the office.\n")
    assert (embedded(onnx), embedded(llama), embedded(onnx)) == (1, 1, 0)
    assert onnx.answer("status", "handbook")["model"] != llama.answer("status", "handbook")["model"]


@pytest.mark.asyncio(loop_scope="session")
async def test_language_server(handbook: Seealso, vllm_minilm: Running) -> None:
    options = {"embedding": {"backend": "vllm", "endpoint": vllm_minilm.url, "model": vllm_minilm.model}}
    editor = await Editor.start(
        handbook.folder, handbook.cache, options=options, environment={"SEEALSO_API_KEY": vllm_minilm.key}
    )
    try:
        assert await editor.indexed() == "up to date"
        said = [params.value.get("message", "") for params in editor.all(types.PROGRESS)]
        assert any(message and message.startswith("embedding") for message in said)
        found = await editor.command("search", {"query": "somebody deleted a file by mistake", "limit": 5})
        assert found["complete"]
        assert all(isinstance(match["dense"], float) for match in found["matches"])
        assert "restore" in " ".join(match["path"] for match in found["matches"])
        status = await editor.command("indexStatus")
        assert "minilm/384" in str(status)

        # A passage nobody has seen yet is embedded for the hover.
        editor.open("new.md", "# New\n\nWhoever loses a chapter asks for yesterday's version of the file.\n")
        hover = await editor.hover("new.md", "2:3")
        assert hover is not None
        assert isinstance(hover.contents, types.MarkupContent)
        assert "restore" in hover.contents.value
    finally:
        await leave(editor)
