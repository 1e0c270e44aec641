"""Last words of real servers (vLLM for CPU, and reports of users) in words of our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from seealso.embed.managed.explain import died_often, explain, not_embedding, port_taken
from seealso.embed.managed.launch import Launch
from seealso.errors import EmbeddingError

LOGS = Path(__file__).parent.parent / "data" / "vllm"
LOG = Path("/run/user/1/vllm.log")
LAUNCH = Launch(("/opt/vllm/bin/vllm",), "org/model", None, None, (), 60.0)

CASES = [
    ("unknown_argument", 2, "does not know the arguments `--no-such-thing 3`", "`seealso.vllm.arguments`"),
    ("bad_value", 2, "does not accept the argument `--dtype`: invalid choice: 'float99'", "`seealso.vllm.arguments`"),
    ("bad_share", 1, "gpuMemoryUtilization` is no share", "between 0 and 1"),
    ("too_old", 2, "too old: it does not know `--runner`", "vLLM 0.10.1 or newer"),
    ("no_folder", 1, "no model org/model: it is neither", "`seealso.embedding.model`"),
    ("empty_folder", 1, "no model org/model: it is neither", "config.json"),
    ("offline", 1, "org/model is not on this machine", "online"),
    ("no_network", 1, "org/model is not on this machine", "online"),
    ("no_such_repository", 1, "hub has no model org/model", "typing error"),
    ("gated", 1, "accepted its terms", "`hf auth login`"),
    ("custom_code", 1, "program code of its own", "--trust-remote-code"),
    ("no_pooling", 1, "org/model is not a model for embeddings", "Name an embedding model"),
    ("architecture", 1, "does not know how it is built", "newer vLLM"),
    ("too_long", 1, "at most 256 tokens, and `seealso.vllm.maxModelLen` is 100000", "Lower it"),
    ("kv_cache", 1, "8000000 tokens needs 15.26 GiB of memory beside the model, and 1.0 GiB are", "to 524160, raise"),
    ("gpu_kv_cache", 1, "262144 tokens needs 24.0 GiB", "`seealso.vllm.maxModelLen` to 34736, raise"),
    ("gpu_kv_cache_old", 1, "32768 tokens needs more memory", "`seealso.vllm.maxModelLen` to 7344, raise"),
    ("gpu_no_cache", 1, "no memory for the texts", "Raise `seealso.vllm.gpuMemoryUtilization`"),
    ("gpu_share", 1, "Of the GPU's 4.0 GiB of memory 3.22 GiB are free", "gpuMemoryUtilization` to 0.79, end"),
    ("gpu_share_new", 1, "shall take 47.59 GiB", "End the programs that use the GPU"),
    ("gpu_memory", 1, "memory is too small for org/model", "llama.cpp with a GGUF file"),
    ("gpu_memory_nccl", 1, "memory is too small for org/model", "smaller or quantised"),
    ("gpu_none", 1, "finds no GPU", "nvidia-smi"),
    ("gpu_driver", 1, "driver is too old", "Update the driver"),
    ("gpu_driver_803", 1, "driver is too old", "Update the driver"),
    ("gpu_bfloat16", 1, "number format", "--dtype=half"),
    ("port_taken", 1, "taking the ports", "Try again"),
    ("unforeseen", 1, "vLLM ended: NotImplementedError: Sinks are not supported", "log is"),
]


def log(name: str) -> str:
    return (LOGS / f"{name}.log").read_text("utf-8")


@pytest.mark.parametrize(("name", "code", "message", "hint"), [pytest.param(*case, id=case[0]) for case in CASES])
def test_last_words(name: str, code: int, message: str, hint: str) -> None:
    error = explain(log(name), LAUNCH, LOG, code)
    assert message in error.message
    assert hint in error.hint
    assert str(LOG) in error.hint
    assert "{" not in str(error)


def test_every_log_is_a_case() -> None:
    assert {path.stem for path in LOGS.glob("*.log")} == {case[0] for case in CASES}


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_only_a_taken_port_is_one(name: str) -> None:
    assert port_taken(log(name)) == (name == "port_taken")


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        pytest.param("", -9, "killed from outside, most likely because the machine's memory", id="killed"),
        pytest.param("", -11, "by signal 11", id="crashed"),
        pytest.param("", 3, "with status 3 and said nothing", id="silent"),
        pytest.param("", None, "does not work any more", id="ill"),
        pytest.param(
            "(APIServer pid=1) WARNING 11-24 17:20:32 [utils.py:255] This can cause errors like `OSError: Address "
            "already in use` or CUDA out of memory.\nKeyError: 'layers.0'",
            1,
            "vLLM ended: KeyError: 'layers.0'",
            id="warnings are no errors",
        ),
        pytest.param(
            "pydantic_core._pydantic_core.ValidationError: 2 validation errors for ModelConfig\n"
            "  Value error, Unknown quantization method: q9 [type=value_error]\n    For further information",
            1,
            "vLLM ended: Value error, Unknown quantization method: q9",
            id="validation",
        ),
        pytest.param("vllm: 1: exec: /no/vllm: not found", 127, "cannot be run (vllm: 1: exec:", id="no command"),
        pytest.param("ModuleNotFoundError: No module named 'vllm'", 1, "cannot be run (Mod", id="no package"),
        pytest.param("ValueError: " + "long " * 500, 1, "lon…", id="long"),
    ],
)
def test_what_has_no_rule(text: str, code: int | None, message: str) -> None:
    error = explain(text, LAUNCH, LOG, code)
    assert message in error.message
    assert len(error.message) < 400
    assert str(LOG) in error.hint


def test_a_death_that_repeats_itself_names_the_last() -> None:
    error = died_often(4, "10 min", EmbeddingError("No memory.", hint="Buy some."))
    assert str(error) == "vLLM ended 4 times within 10 min. The last time: No memory. Buy some."


def test_a_server_that_does_not_embed() -> None:
    error = not_embedding('{"error":"The model does not support Embeddings API"}', LAUNCH, LOG)
    assert "does not support Embeddings API" in error.message
    assert "rerankers" in error.hint
