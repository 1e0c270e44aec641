"""Open workspaces with the settings that hold for them: the user's, the workspace's, and what the command line says."""

from __future__ import annotations

import logging
from pathlib import Path

from seealso.cli.console import warn
from seealso.cli.progress import ProgressBars, interruptible
from seealso.configuration import load
from seealso.errors import CancelledError, SeeAlsoError
from seealso.settings import Backend, Settings
from seealso.workspace import Workspace, indexed_folder

Layer = dict[str, dict[str, object]]


def settings_for(root: Path | None, *layers: Layer) -> Settings:
    """Return the settings for a folder; what is wrong with them has been said.

    Raises `SettingsError` for a file that cannot be read.
    """
    settings, problems = load(root, *layers)
    for problem in problems:
        warn(problem)
    return settings


def open_folder(path: Path, *layers: Layer) -> Workspace:
    """Open the workspace of a folder; raises `SeeAlsoError` when there is no such folder."""
    return Workspace.open(path, settings_for(path, *layers))


def open_containing(path: Path, *layers: Layer, readable: bool = True) -> Workspace:
    """Open the indexed workspace that holds a file or folder; raises as `Workspace.containing` does."""
    workspace = Workspace.containing(path, settings_for(indexed_folder(path), *layers), readable=readable)
    if (problem := workspace.marks.problem()) is not None:
        warn(str(problem))
    return workspace


def get_ready(workspace: Workspace) -> None:
    """Wait for the model, which may be on a server that has to start; without one, words have to do."""
    from seealso.embedding import identify

    try:
        with interruptible() as cancelled, ProgressBars() as bars:
            identify(workspace.embedder, bars.report, cancelled)
        for doubt in workspace.embedder.doubts:
            warn(doubt)
    except CancelledError as error:
        raise KeyboardInterrupt from error
    except SeeAlsoError as error:
        warn(f"{error} Answering by words alone.")
        logging.getLogger("seealso").setLevel(logging.ERROR)  # which would say the same again


def index_layer(include: list[str] | None, exclude: list[str] | None, *, no_ignore: bool) -> Layer:
    """Return the settings that the options for documents ask for."""
    layer: dict[str, object] = {"include": include, "exclude": exclude}
    if no_ignore:
        layer["useIgnoreFiles"] = False
    return {"index": layer}


def embedding_layer(backend: Backend | None) -> Layer:
    """Return the settings that the options for the model ask for."""
    return {"embedding": {"backend": backend.value if backend is not None else None}}
