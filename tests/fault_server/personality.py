"""What kind of server it is: every difference between real ones that a client must cope with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Reaction = Literal["honours", "ignores", "refuses"]
"""What becomes of an option of a request: it is followed, or passed over in silence, or answered with 400."""


@dataclass(frozen=True, slots=True)
class ListedModel:
    """One entry of /v1/models; what is None is left out of it."""

    id: str
    owned_by: str | None = "vllm"
    max_model_len: int | None = None
    root: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)
    """More members of the entry, such as llama.cpp's `meta`."""


@dataclass(slots=True)
class Personality:
    """May be changed while the server runs: a request meets the server as it was when the request came.

    The default accepts everything there is to ask for. One token is one word between white space.
    """

    models: tuple[ListedModel, ...] = (ListedModel("bag-of-words"),)
    lists_models: bool = True
    """False: /v1/models answers 404."""
    checks_model: bool = True
    """Whether a name that is not among `models` is answered with 404; a request without a name never is."""

    api_key: str | None = None
    """What `Authorization: Bearer` must carry below /v1."""
    unauthorized: Literal["string", "object"] = "string"
    """What the member `error` of the 401 is: a string as vLLM's or an object as llama.cpp's."""
    redirect_to: str | None = None
    """Answer everything below /v1 with a redirect.

    A path (`/moved`) leads to this server, which serves `/moved/v1/...`; an origin (`http://127.0.0.1:1234`) to
    another one; this server's own origin to an endless loop.
    """
    redirect_status: int = 307

    dimension: int = 64
    normalised: bool = True
    pooling: Literal["mean", "first"] = "mean"
    """`first`: a vector comes from the first word alone, as from a server that was told of the wrong pooling."""
    shuffled: bool = False
    """Whether results come in another order than the texts, each with its right `index`; never so for bytes."""
    dimensions: Reaction = "honours"
    matryoshka_dimensions: tuple[int, ...] = ()
    """The only values of `dimensions` that are honoured; empty: all from 1 to `dimension`."""
    base64: Reaction = "honours"
    """`encoding_format: base64`; floats come back when it is ignored, as for `bytes_only`."""
    bytes_only: Reaction = "honours"

    max_tokens: int | None = None
    too_long: Literal["vllm", "llama.cpp", "server_error", "truncates"] = "vllm"
    """What becomes of a text (and its whole batch) of more than `max_tokens`: one of three errors, or nothing."""
    truncate_prompt_tokens: Reaction = "honours"

    latency_s: float = 0.0
    """What each request takes, however short."""
    latency_per_token_s: float = 0.0
    queue: Literal["parallel", "fifo", "priority"] = "parallel"
    """`parallel` makes no request wait for another.

    The others work at one text at a time as a single accelerator does, so that a short request waits behind the
    texts of all earlier ones (`fifo`) or of those with the same or a lower `priority` number (`priority`).
    """

    @classmethod
    def vllm(cls, max_tokens: int = 2048) -> Personality:
        """Return vLLM with a matryoshka model and without `--scheduling-policy priority`."""
        model = ListedModel("bag-of-words", "vllm", max_model_len=max_tokens, root="/models/bag-of-words")
        return cls((model,), max_tokens=max_tokens, queue="fifo")

    @classmethod
    def llama_cpp(cls, max_tokens: int = 512) -> Personality:
        """Return llama-server: any model name will do, `dimensions` is passed over, there are no plain bytes."""
        return cls(
            (ListedModel("bag-of-words", "llamacpp", extra={"meta": {"n_ctx_train": max_tokens, "n_embd": 64}}),),
            checks_model=False,
            unauthorized="object",
            dimensions="ignores",
            bytes_only="refuses",
            max_tokens=max_tokens,
            too_long="llama.cpp",
            truncate_prompt_tokens="ignores",
            queue="fifo",
        )

    @classmethod
    def sloppy(cls, max_tokens: int = 512) -> Personality:
        """Return a server as llama-cpp-python's: vectors of any length, and no option that is understood."""
        return cls(
            (ListedModel("bag-of-words", "me"),),
            checks_model=False,
            normalised=False,
            dimensions="ignores",
            base64="ignores",
            bytes_only="ignores",
            max_tokens=max_tokens,
            too_long="truncates",
            truncate_prompt_tokens="ignores",
        )
