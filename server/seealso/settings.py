"""Settings: what a client may send (wire names, all optional) resolved into one frozen `Settings`.

A bad key keeps the good ones and is named, once, in the spelling the user wrote.
"""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, field, fields, is_dataclass
from enum import StrEnum
from types import UnionType
from typing import Any

from seealso.model import DuplicateKind


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"
    OFF = "off"


class Backend(StrEnum):
    ONNX = "onnx"
    """The model inside the package."""
    OPENAI = "openai"
    """A server with the embeddings interface of OpenAI."""
    VLLM = "vllm"
    """The same; without an endpoint, a vLLM of our own."""
    VLLM_INPROCESS = "vllm-inprocess"
    """vLLM as a library, for the command line."""


def option(
    default: Any,
    doc: str,
    *,
    minimum: float | None = None,
    maximum: float | None = None,
    patterns: bool = False,
    secret: bool = False,
) -> Any:
    """Declare a setting with its default, its description for users and what it may hold.

    Numbers have inclusive bounds; `patterns` are in gitignore syntax; a `secret` is never shown.
    """
    metadata = {"doc": doc, "minimum": minimum, "maximum": maximum, "patterns": patterns, "secret": secret}
    return field(default=default, repr=not secret, metadata=metadata)


def section(settings: type[Any], *, user_only: bool = False) -> Any:
    """Declare a group of settings; what is `user_only` may not come out of a workspace, which others may have made."""
    return field(default_factory=settings, metadata={"user_only": user_only})


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    include: tuple[str, ...] = option(
        (), "Only files matching one of these patterns (gitignore syntax) are indexed.", patterns=True
    )
    exclude: tuple[str, ...] = option(
        (), "Files matching one of these patterns (gitignore syntax) are left out.", patterns=True
    )
    use_ignore_files: bool = option(True, "Respect .gitignore, .ignore and .seealsoignore files.")
    html: bool = option(
        False, "Read HTML pages as well; in many folders they are templates, or are made of documents that are read."
    )
    source_comments: bool = option(
        False, "Read comments and docstrings of C, Go, JavaScript, TypeScript, Python and Rust sources as well."
    )
    max_file_bytes: int = option(10_000_000, "Larger files are skipped and listed by `seealso status`.", minimum=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingSettings:
    backend: Backend = option(
        Backend.ONNX,
        "Where embeddings are computed: `onnx` (the model in the package), `openai` (any server with that interface), "
        "`vllm` (a server; without an endpoint, one that seealso starts) or `vllm-inprocess` (command line only).",
    )
    threads: int = option(
        0, "Threads for the embedded model; 0 means physical cores, at most 8.", minimum=0, maximum=256
    )
    endpoint: str = option("", "Address of the server, such as `http://127.0.0.1:8000/v1`.")
    model: str = option("", "Name of the model; may be empty when the server has only one.")
    api_key: str = option(
        "", "Key of the server; better kept in the environment variable `SEEALSO_API_KEY`.", secret=True
    )
    dimensions: int = option(
        0, "Numbers of each vector that are kept; 0 means what suits the model.", minimum=0, maximum=8192
    )
    query_prefix: str | None = option(None, "What stands before a query, instead of what suits the model.")
    passage_prefix: str | None = option(None, "What stands before a passage, instead of what suits the model.")
    query_language: str = option(
        "", "Language of queries, such as `German`; told to models that are given instructions."
    )
    max_tokens: int = option(0, "Tokens of a text that are read; 0 means what the model can.", minimum=0)
    batch_tokens: int = option(16_384, "Tokens of one request to a server, about and at most.", minimum=1)
    concurrency: int = option(4, "Requests to a server at a time.", minimum=1, maximum=64)
    allow_insecure: bool = option(False, "Send text to another machine without encryption (`http:`).")
    whole_documents: bool = option(
        True,
        "Embed whole documents as well, where the model reads long texts; otherwise their passages stand for them.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VllmSettings:
    command: str = option(
        "", "The `vllm` program, or the Python or virtual environment that has it; empty: on the path."
    )
    gpu_memory_utilization: float = option(
        0.0, "Share of the GPU's memory for vLLM; 0 means its own default.", minimum=0, maximum=1
    )
    max_model_len: int = option(0, "Longest text in tokens, for which memory is set aside; 0: the model's.", minimum=0)
    arguments: tuple[str, ...] = option((), "More arguments for `vllm serve`.")
    idle_minutes: float = option(15.0, "Stop vLLM when nobody has used it for so long.", minimum=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedSettings:
    limit: int = option(5, "Related passages shown at most.", minimum=1, maximum=50)
    per_document: int = option(2, "Related passages from one document at most.", minimum=1, maximum=50)


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateSettings:
    min_words: int = option(
        12, "Shorter passages are never called duplicates (a CJK character counts half).", minimum=1
    )
    boilerplate_files: int = option(
        8, "A text in at least this many files is boilerplate: one quiet note, no warnings.", minimum=2
    )
    across_languages: bool = option(False, "Also report translations of a passage as reworded duplicates.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoverSettings:
    enabled: bool = option(True, "Show duplicates and related passages when hovering.")
    duplicates: bool = option(
        True, "Name the places that repeat a passage in its hover; some editors show the diagnostics there as well."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosticSettings:
    enabled: bool = option(True, "Report passages that have been written before.")
    exact: Severity = option(Severity.INFORMATION, "Severity of passages with the same text.")
    edited: Severity = option(Severity.INFORMATION, "Severity of passages with mostly the same words.")
    reworded: Severity = option(Severity.HINT, "Severity of passages with the same meaning in other words.")
    parallel: Severity = option(Severity.OFF, "Severity of passages with the same frame around another subject.")
    debounce_ms: int = option(250, "Quiet time after the last change before diagnostics.", minimum=0, maximum=60_000)
    workspace: bool = option(
        True, "Report them in documents that are not open as well, to editors that ask for the whole workspace."
    )

    def severity(self, kind: DuplicateKind) -> Severity:
        """Return the severity configured for a kind of duplicate."""
        severity: Severity = getattr(self, kind.value)
        return severity


@dataclass(frozen=True, slots=True, kw_only=True)
class CompletionSettings:
    enabled: bool = option(True, "Offer links to related sections and snippets from related passages.")
    links: bool = option(True, "Offer links to related sections.")
    snippets: bool = option(True, "Offer quotations and continuations from related passages.")
    inside_words: bool = option(False, "Also offer them in the middle of a word, where Enter may then accept one.")


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineCompletionSettings:
    enabled: bool = option(True, "Show, as ghost text, how a sentence went on that was written before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeActionSettings:
    enabled: bool = option(True, "Offer what can be done about a duplicate, and links to related sections.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolSettings:
    enabled: bool = option(True, "Answer the editor's search for workspace symbols with passages, by meaning.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferenceSettings:
    enabled: bool = option(False, "Answer the editor's search for references to a passage with related passages.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentLinkSettings:
    enabled: bool = option(True, "Make `seealso:` links in documents links that the editor follows.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeLensSettings:
    enabled: bool = option(False, "Show above each section how much is related to it and how much of it is repeated.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything a user can set; section `seealso` on the wire."""

    index: IndexSettings = section(IndexSettings)
    embedding: EmbeddingSettings = section(EmbeddingSettings, user_only=True)
    vllm: VllmSettings = section(VllmSettings, user_only=True)
    related: RelatedSettings = section(RelatedSettings)
    duplicates: DuplicateSettings = section(DuplicateSettings)
    hover: HoverSettings = section(HoverSettings)
    diagnostics: DiagnosticSettings = section(DiagnosticSettings)
    completion: CompletionSettings = section(CompletionSettings)
    inline_completion: InlineCompletionSettings = section(InlineCompletionSettings)
    code_actions: CodeActionSettings = section(CodeActionSettings)
    symbols: SymbolSettings = section(SymbolSettings)
    references: ReferenceSettings = section(ReferenceSettings)
    document_links: DocumentLinkSettings = section(DocumentLinkSettings)
    code_lens: CodeLensSettings = section(CodeLensSettings)

    @property
    def duplicate_kinds(self) -> tuple[DuplicateKind, ...]:
        """Return the kinds of duplicates that are reported at all, strongest first."""
        return tuple(kind for kind in DuplicateKind if self.diagnostics.severity(kind) is not Severity.OFF)


def resolve(wire: object) -> tuple[Settings, tuple[str, ...]]:
    """Return settings from a decoded JSON value, and what is wrong with it, one sentence a problem."""
    problems: list[str] = []
    settings: Settings = _section(Settings, wire, "seealso", problems)
    embedding = settings.embedding
    if embedding.endpoint and embedding.backend is Backend.ONNX and not _says_backend(wire):
        problems.append(
            "`seealso.embedding.endpoint` is set, but not used: set `seealso.embedding.backend` to `openai` as well."
        )
    return settings, tuple(problems)


def _says_backend(wire: object) -> bool:
    """Tell whether somebody has chosen the back end, whatever else is set for another one."""
    embedding = wire.get("embedding") if isinstance(wire, Mapping) else None
    return isinstance(embedding, Mapping) and embedding.get("backend") is not None


def user_only_sections() -> frozenset[str]:
    """Return the groups of settings, as on the wire, that must not come out of a workspace."""
    return frozenset(wire_name(spec.name) for spec in fields(Settings) if spec.metadata["user_only"])


def wire_name(name: str) -> str:
    """Return the camelCase spelling of a field name."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


CLIENT_KEYS = frozenset({"seealso.trace"})
"""What clients keep in our section for themselves: `seealso.trace.server` is how much of the protocol they log."""


def _section(cls: Any, wire: object, path: str, problems: list[str]) -> Any:
    if wire is None or wire == []:  # Lua has one empty table, which Neovim sends as a list
        wire = {}
    if not isinstance(wire, Mapping):
        problems.append(f"`{path}` must be an object, not {_kind(wire)}; it is ignored.")
        wire = {}
    hints = typing.get_type_hints(cls)
    known = {wire_name(spec.name): spec for spec in fields(cls)}
    problems += [
        f"`{path}.{key}` is not a setting of seealso{_nearest(str(key), known) or _doubled(path, key)}; it is ignored."
        for key in wire
        if key not in known and f"{path}.{key}" not in CLIENT_KEYS
    ]
    values: dict[str, Any] = {}
    for key, spec in known.items():
        hint, where = hints[spec.name], f"{path}.{key}"
        if is_dataclass(hint):
            values[spec.name] = _section(hint, wire.get(key), where, problems)
        elif wire.get(key) is not None:
            try:
                values[spec.name] = _value(hint, wire[key], spec)
            except ValueError as error:
                wrong = "must be a string" if spec.metadata["secret"] else error
                problems.append(f"`{where}` {wrong}; the default {_shown(spec)} is used.")
            else:
                if spec.metadata["patterns"]:
                    values[spec.name] = _readable(values[spec.name], where, problems)
    return cls(**values)


def _readable(patterns: tuple[str, ...], where: str, problems: list[str]) -> tuple[str, ...]:
    """Return the patterns that can be read; each other one is a problem, once."""
    if not patterns:
        return ()
    import re

    from pathspec import GitIgnoreSpec  # not before `initialize` was answered

    good: list[str] = []
    bad: dict[str, None] = {}
    for pattern in patterns:
        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error):  # `!`; `[z-a]`
            bad[pattern] = None
        else:
            good.append(pattern)
    problems += [
        f"`{where}` holds {pattern!r}, which is not a pattern in gitignore syntax; it is left out." for pattern in bad
    ]
    return tuple(good)


def _value(hint: Any, value: object, spec: Field[Any]) -> Any:
    """Check one value strictly: nothing is coerced, so that `"false"` cannot become true."""
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        choices = [member.value for member in hint]
        if value not in choices:
            raise ValueError(f"must be one of {', '.join(choices)}, not {value!r}")
        return hint(value)
    if typing.get_origin(hint) is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"must be a list of strings, not {_kind(value)}")
        if wrong := [item for item in value if not isinstance(item, str)]:
            raise ValueError(f"must be a list of strings, but holds {_kind(wrong[0])}")
        return tuple(value)
    if typing.get_origin(hint) is UnionType:
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    accepted = (int, float) if hint is float else hint
    if not isinstance(value, accepted) or (isinstance(value, bool) and hint is not bool):
        raise ValueError(f"must be {_TYPE_NAMES[hint]}, not {_kind(value)}")
    low, high = spec.metadata["minimum"], spec.metadata["maximum"]
    if low is not None and typing.cast("float", value) < low:
        raise ValueError(f"must be at least {low}, not {value}")
    if high is not None and typing.cast("float", value) > high:
        raise ValueError(f"must be at most {high}, not {value}")
    return value


_TYPE_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a string"}


def _kind(value: object) -> str:
    for kind, name in _TYPE_NAMES.items():
        if type(value) is kind:
            return f"{name} ({value!r})"
    return "null" if value is None else "a list" if isinstance(value, list | tuple) else "an object"


def _shown(spec: Field[Any]) -> str:
    default = spec.default if spec.default is not MISSING else None
    return repr(default.value if isinstance(default, StrEnum) else default)


def _doubled(path: str, key: object) -> str:
    return " (leave out the leading `seealso` in a file)" if path == key else ""


def _nearest(key: str, known: Mapping[str, object]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(key, known, n=1)
    return f" (did you mean `{close[0]}`?)" if close else ""
