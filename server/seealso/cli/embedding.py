"""`seealso embed`: the model by itself, for scripts and measurements."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from enum import StrEnum
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from typing import IO, TYPE_CHECKING, Annotated

import typer

from seealso.cli import EXIT_INTERRUPTED, EXIT_OK
from seealso.cli.console import messages, write_json
from seealso.cli.opening import embedding_layer, settings_for
from seealso.cli.options import BackendOption, JsonOption
from seealso.cli.printable import printable_name
from seealso.cli.progress import ProgressBars, interruptible
from seealso.embedding import identify
from seealso.errors import CancelledError, SettingsError
from seealso.model import Phase, Progress
from seealso.units import count

if TYPE_CHECKING:
    from seealso.embed.base import Embedder, EmbedKind, Vectors

CHUNK = 1024
"""Texts embedded between two looks at Ctrl-C; enough for the model to sort by length and batch well."""


class Kind(StrEnum):
    PASSAGE = "passage"
    QUERY = "query"


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("embed", epilog="Example:  seealso embed --kind passage --npy vectors.npy < lines.txt")
    def _embed(
        npy: Annotated[Path, typer.Option("--npy", metavar="OUT.npy", help="Where the matrix goes.")],
        kind: Annotated[
            Kind,
            typer.Option("--kind", metavar="KIND", help="passage or query: the model reads questions differently."),
        ] = Kind.PASSAGE,
        backend: BackendOption = None,
        json: JsonOption = False,
    ) -> int:
        """Embed texts from standard input into a NumPy file.

        Each line is a text. The file holds one row a line, in order: float32, of length 1, so that the product of two
        rows is the cosine of the meanings. With the embedded model unrelated texts have about 0.8, the same in other
        words 0.9 and more.
        """
        from seealso.embed.choice import embedder_for

        texts = list(_lines(sys.stdin.buffer))
        embedder = embedder_for(settings_for(None, embedding_layer(backend)))
        try:
            with interruptible() as cancelled, ProgressBars() as bars:
                info = identify(embedder, bars.report, cancelled)
                vectors = _embed_all(embedder, texts, "query" if kind is Kind.QUERY else "passage", bars, cancelled)
        except CancelledError:
            return EXIT_INTERRUPTED
        finally:
            embedder.close()
        vectors = vectors.reshape(len(texts), info.dimension)
        _write(npy, vectors)
        if json:
            write_json({"texts": len(texts), "dimension": info.dimension, "model": info.id, "file": str(npy)})
        else:
            done = f"Wrote {count(len(texts), 'row')} of {info.dimension} numbers to {printable_name(str(npy))}"
            messages().print(done, soft_wrap=True)
        return EXIT_OK


def _lines(stream: IO[bytes]) -> Iterator[str]:
    """Yield lines; only a line feed ends one, as `wc -l` counts them."""
    for line in stream:
        yield line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "replace")


def _embed_all(
    embedder: "Embedder", texts: list[str], kind: "EmbedKind", bars: ProgressBars, cancelled: Callable[[], bool]
) -> "Vectors":
    """Return one row a text; raise `CancelledError` after Ctrl-C: half a matrix is of no use."""
    import numpy as np

    from seealso.embed.base import Lane

    rows: list[Vectors] = [np.zeros(0, np.float32)]
    started = time.monotonic()
    for start in range(0, len(texts), CHUNK):
        bars.report(_progress(start, len(texts), time.monotonic() - started))
        rows.append(embedder.embed(texts[start : start + CHUNK], kind, Lane.BULK).ravel())
        if cancelled():
            raise CancelledError("Stopped.")
    return np.concatenate(rows)


def _progress(done: int, total: int, seconds: float) -> Progress:
    rate = done / seconds if seconds else 0.0
    return Progress(Phase.EMBED, done, total, rate, (total - done) / rate if rate else None)


def _write(npy: Path, vectors: "Vectors") -> None:
    """Write beside and move over, so that nobody reads half a file."""
    import numpy as np

    # Not a temporary file of Python's: nobody else may read those.
    beside = npy.parent / f".{npy.name}.{token_hex(4)}"
    try:
        if npy.exists() and not npy.is_file():  # a pipe or a device, whose place nothing else may take
            whole = BytesIO()  # NumPy asks files where they are, which a pipe cannot tell
            np.save(whole, vectors)
            with npy.open("wb") as file:
                file.write(whole.getbuffer())
            return
        try:
            with beside.open("xb") as file:
                np.save(file, vectors)
            beside.replace(npy)
        finally:
            with suppress(OSError):
                beside.unlink()
    except OSError as error:
        raise SettingsError(
            f"'{npy}' cannot be written: {error.strerror}.", hint="Name a file in a folder that you may write to."
        ) from error
