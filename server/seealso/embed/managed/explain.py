"""What vLLM's last words mean for somebody who wants to write, not to run servers.

The texts are those of vLLM 0.9 to 0.32, PyTorch and the model hub's client; where versions differ the part they share
is looked for. A rule stands above those whose text may appear beside its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from seealso.embed.managed.launch import ARGUMENTS_SETTING, COMMAND_SETTING
from seealso.errors import EmbeddingError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from seealso.embed.managed.launch import Launch

OLDEST = "0.10.1"
"""The first vLLM that knows `--runner`."""
TAIL_BYTES = 256 * 1024
"""Each of several workers may print the same long traceback after the cause."""
MOST_OF_A_LINE = 300

_TAKEN = re.compile(r"Address already in use|address already in use")
# "(EngineCore_DP0 pid=374) ERROR 09-28 15:47:24 [core.py:718] " and what older versions and Ray put there.
_PREFIX = re.compile(
    r"^(?:\([\w-]+(?: [\w=-]+)? pid=\d+[^)]*\) ?)*(?:(INFO|WARNING|DEBUG|ERROR) [\d-]+ [\d:]+ \[[^\]]*\] ?)?"
)
_ERROR = re.compile(r"^\s*(?:[\w-]+: error: |(?:\w+\.)*\w*(?:Error|Exception|Interrupt|Exit)\b:? ?)(.*)")
_VALIDATION = re.compile(r"\d+ validation errors? for ")
_KILLED = -9
_NOT_RUN = (126, 127)
"""Exit codes of a shell."""
_CONSEQUENCES = ("See root cause above", "EngineDeadError", "Engine core initialization failed", "leaked shared_memory")

_SMALLER = (
    "take a smaller or quantised model, or run llama.cpp with a GGUF file and set `seealso.embedding.endpoint` to it"
)
_FETCH = "Fetch it while you are online, or name the folder of a model that is on this machine."


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    message: str
    """With {model}, and {1}, {2} ... for what the pattern found."""
    hint: str | Callable[[re.Match[str]], str]


def explain(log_tail: str, launch: Launch, log_path: Path, exit_code: int | None = None) -> EmbeddingError:
    """Say why vLLM ended, from the end of its log and its exit code (negative: the number of a signal)."""
    text = _without_news(log_tail)
    lines = text.split("\n")
    if exit_code in _NOT_RUN or "No module named 'vllm" in text:
        why = next((line.strip() for line in reversed(lines) if line.strip()), f"status {exit_code}")
        return _error(
            f"The configured vLLM cannot be run ({_shortened(why)}).",
            f"Install vLLM again, or correct `{COMMAND_SETTING}`.",
            log_path,
        )
    for rule in _RULES:
        found = rule.pattern.search(text)
        if found is not None:
            message = rule.message.format(None, *found.groups(""), model=launch.model)
            hint = rule.hint if isinstance(rule.hint, str) else rule.hint(found)
            return _error(message, hint, log_path)
    if exit_code == _KILLED:
        return _error(
            "vLLM was killed from outside, most likely because the machine's memory ran out.",
            f"Close other programs, or {_SMALLER}.",
            log_path,
        )
    last = _last_error(lines)
    if last:
        return _error(f"vLLM ended: {last}", "", log_path)
    if exit_code is None:
        return _error("vLLM said that it does not work any more, but not why.", "", log_path)
    ended = f"with status {exit_code}" if exit_code >= 0 else f"by signal {-exit_code}"
    return _error(f"vLLM ended {ended} and said nothing of why.", "", log_path)


def port_taken(log_tail: str) -> bool:
    """Tell whether vLLM ended because another program had taken its port."""
    return _TAKEN.search(_without_news(log_tail)) is not None


def not_embedding(answer: str, launch: Launch, log_path: Path) -> EmbeddingError:
    """Say that vLLM runs but does not embed; `answer` is what it said when it was asked to."""
    return _error(
        f"vLLM runs {launch.model}, but that is not a model for embeddings ({_shortened(answer)}).",
        "Name an embedding model; rerankers, classifiers and chat models are none.",
        log_path,
    )


def died_often(times: int, within: str, last: EmbeddingError) -> EmbeddingError:
    """Say that vLLM was started again in vain; `last` tells of its last end and names the log."""
    return EmbeddingError(f"vLLM ended {times} times within {within}. The last time: {last.message}", hint=last.hint)


def _error(message: str, hint: str, log_path: Path) -> EmbeddingError:
    return EmbeddingError(message, hint=f"{hint} vLLM's log is {log_path}.".lstrip())


def _without_news(log_tail: str) -> str:
    """Return the log without its prefixes, and without what is no error: warnings name errors that did not happen."""
    lines = []
    for line in log_tail.replace("\r", "\n").splitlines():
        prefix = _PREFIX.match(line)
        assert prefix is not None, "it may be empty"
        if prefix[1] in (None, "ERROR"):
            lines.append(line[prefix.end() :])
    return "\n".join(lines)


def _last_error(lines: list[str]) -> str:
    for number in range(len(lines) - 1, -1, -1):
        if _ERROR.match(lines[number]) is None or any(word in lines[number] for word in _CONSEQUENCES):
            continue
        # An error may say that there is one, and in the next lines which.
        here = 1 if _VALIDATION.search(lines[number]) else 0
        more = 2 if here or lines[number].rstrip().endswith(":") else 1
        return _shortened(" ".join(lines[number + here : number + here + more]))
    return ""


def _shortened(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= MOST_OF_A_LINE else f"{words[:MOST_OF_A_LINE]}…"


def _share_hint(found: re.Match[str]) -> str:
    free, total = float(found[1]), float(found[2])
    # Rounded down, and a little is needed by the GPU's own bookkeeping.
    share = int(free / total * 100 - 1) / 100 if total else 0.0
    if share < 0.05:
        return f"End the programs that use the GPU (`nvidia-smi` lists them), or {_SMALLER}."
    return (
        f"Lower `seealso.vllm.gpuMemoryUtilization` to {share:.2f}, end other programs that use the GPU "
        f"(`nvidia-smi` lists them), {_SMALLER}."
    )


def _length_hint(found: re.Match[str]) -> str:
    most = found["most"] if "most" in found.re.groupindex else None
    lower = f"Lower `seealso.vllm.maxModelLen` to {most}" if most else "Lower `seealso.vllm.maxModelLen`"
    return f"{lower}, raise `seealso.vllm.gpuMemoryUtilization` if the GPU has memory to spare, or {_SMALLER}."


def _rule(pattern: str, message: str, hint: str | Callable[[re.Match[str]], str]) -> _Rule:
    return _Rule(re.compile(pattern), message, hint)


_RULES = (
    _rule(
        r"unrecognized arguments:[^\n]* ?(--runner|--scheduling-policy|--uvicorn-log-level)\b"
        r"|invalid choice: '(serve)'",
        "This vLLM is too old: it does not know `{1}{2}`.",
        f"Install vLLM {OLDEST} or newer (`pip install -U vllm` in its environment).",
    ),
    _rule(
        r"unrecognized arguments: ([^\n]+)",
        "vLLM does not know the arguments `{1}`.",
        f"Correct `{ARGUMENTS_SETTING}`; `vllm serve --help=all` lists what it knows.",
    ),
    _rule(
        r"error: argument (--?[\w./-]+): ([^\n]+)",
        "vLLM does not accept the argument `{1}`: {2}.",
        f"Correct `{ARGUMENTS_SETTING}`; `vllm serve --help=all` lists what it knows.",
    ),
    _rule(
        r"gpu_memory_utilization\n\s+Input should be",
        "`seealso.vllm.gpuMemoryUtilization` is no share vLLM accepts.",
        "Set it to a number between 0 and 1.",
    ),
    _rule(
        r"User-specified max_model_len \((\d+)\) is greater than the derived max_model_len \(\w+=([\d.]+)",
        "The model takes texts of at most {2} tokens, and `seealso.vllm.maxModelLen` is {1}.",
        "Lower it, or remove it to get what the model can.",
    ),
    _rule(
        r"max seq len \((\d+)\), \(([\d.]+) Gi?B KV cache is needed, which is larger than the available KV cache "
        r"memory \(([\d.]+) Gi?B\)(?:[^\n]*?estimated maximum model length is (?P<most>\d+))?",
        "A text of {1} tokens needs {2} GiB of memory beside the model, and {3} GiB are left for it.",
        _length_hint,
    ),
    _rule(
        r"max seq len \((\d+)\) is larger than the maximum number of tokens that can be stored in KV cache "
        r"\((?P<most>\d+)\)",
        "A text of {1} tokens needs more memory than the model leaves: there is room for {2}.",
        _length_hint,
    ),
    _rule(
        r"No available memory for the cache blocks",
        "The model leaves no memory for the texts it shall embed.",
        f"Raise `seealso.vllm.gpuMemoryUtilization`, lower `seealso.vllm.maxModelLen`, {_SMALLER}.",
    ),
    _rule(
        r"Free memory on device[^(\n]*\(([\d.]+)/([\d.]+) GiB\) on startup is less than desired GPU memory utilization "
        r"\(([\d.]+), ([\d.]+) GiB\)",
        "Of the GPU's {2} GiB of memory {1} GiB are free, and vLLM shall take {4} GiB ({3} of all).",
        _share_hint,
    ),
    _rule(
        r"OutOfMemoryError|(?:CUDA|HIP|XPU)(?: error:)? out of memory|CUDA_ERROR_OUT_OF_MEMORY"
        r"|Cuda failure .out of memory",
        "The GPU's memory is too small for {model}, or other programs use it.",
        "End other programs that use the GPU (`nvidia-smi` lists them), lower `seealso.vllm.gpuMemoryUtilization` and "
        f"`seealso.vllm.maxModelLen`, {_SMALLER}.",
    ),
    _rule(
        r"driver on your system is too old|unsupported display driver|CUDA driver version is insufficient"
        r"|forward compatibility was attempted",
        "The GPU's driver is too old for this vLLM.",
        "Update the driver, or install a vLLM that was built for the CUDA version `nvidia-smi` shows.",
    ),
    _rule(
        r"Failed to infer device type|No CUDA GPUs are available|no CUDA-capable device|Found no NVIDIA driver"
        r"|libcuda\.so\.1: cannot open|NVML Shared Library Not Found",
        "vLLM finds no GPU it can use.",
        "Look whether `nvidia-smi` shows one. Without a GPU keep the embedded model, or run llama.cpp and set "
        "`seealso.embedding.endpoint` to it.",
    ),
    _rule(
        r"Bfloat16 is only supported on GPUs",
        "The GPU cannot compute in the number format of {model}.",
        f"Add `--dtype=half` to `{ARGUMENTS_SETTING}`.",
    ),
    _rule(
        r"no kernel image is available|is not compatible with the current PyTorch installation",
        "This vLLM was not built for a GPU like this one.",
        "Install a vLLM that supports it, or run llama.cpp and set `seealso.embedding.endpoint` to it.",
    ),
    # That a model may be gated is also said of one that does not exist.
    _rule(
        r"RepositoryNotFoundError|Repository Not Found for url|is not a valid model identifier",
        "The model hub has no model {model}, or keeps it private.",
        "Look for a typing error in `seealso.embedding.model`. For a private model log in (`hf auth login`) or set "
        "HF_TOKEN.",
    ),
    _rule(
        r"GatedRepoError|gated repo|Access to model \S+ is restricted",
        "The model hub gives {model} only to those who have accepted its terms.",
        "Accept them on the model's page, then log in (`hf auth login`) or set HF_TOKEN where the editor is started.",
    ),
    _rule(
        r"Invalid repository ID or local directory specified|HFValidationError|Repo id must",
        "There is no model {model}: it is neither a name on the model hub nor a folder with a model in it.",
        "Correct `seealso.embedding.model`; the folder of a model holds a config.json.",
    ),
    _rule(
        r"LocalEntryNotFoundError|OfflineModeIsEnabled|outgoing traffic has been disabled|[Cc]ouldn't connect to"
        r"|Max retries exceeded|Name or service not known|Temporary failure in name resolution",
        "The model {model} is not on this machine and cannot be fetched.",
        _FETCH,
    ),
    _rule(
        r"trust_remote_code=True|contains custom code which must be executed",
        "The model {model} comes with program code of its own, which vLLM does not run unasked.",
        f"If you trust its authors, add `--trust-remote-code` to `{ARGUMENTS_SETTING}`.",
    ),
    _rule(
        r"does not support `--runner pooling`",
        "{model} is not a model for embeddings.",
        "Name an embedding model; rerankers, classifiers and chat models are none.",
    ),
    _rule(
        r"Model architectures \[([^\]\n]*)\] (?:are not supported|failed to be inspected)"
        r"|does not recognize this architecture|Cannot find model module",
        "This vLLM cannot run {model}: it does not know how it is built {1}.",
        "Install a newer vLLM (`pip install -U vllm` in its environment), or take another model.",
    ),
    _rule(
        r"No space left on device",
        "A disk is full.",
        "Free some space where models are kept (HF_HOME, by default in the user's cache folder).",
    ),
    _rule(
        r"Address already in use|address already in use",
        "Other programs keep taking the ports vLLM wants.",
        "Try again.",
    ),
)
