"""Where settings come from: the user's file, the workspace's file, and what a front end was told; the last one wins."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from platformdirs import user_config_path

from seealso import toml
from seealso.errors import SettingsError
from seealso.settings import Settings, resolve, user_only_sections

CONFIG_VARIABLE = "SEEALSO_CONFIG"
WORKSPACE_FILE = "seealso.toml"
WIDENING = frozenset({"maxFileBytes", "useIgnoreFiles"})
"""Settings of `index` by which a folder could have read what its ignore files and its size keep out."""
MAX_BYTES = 1_000_000


def user_file() -> Path:
    """Return where the user's own settings are kept, whether there are any or not."""
    named = os.environ.get(CONFIG_VARIABLE)
    return Path(named).expanduser() if named else user_config_path("seealso", appauthor=False) / "config.toml"


def load(root: Path | None, *layers: object) -> tuple[Settings, tuple[str, ...]]:
    """Return the settings for a workspace, and what is wrong with them, one sentence a problem.

    The user's file comes first, then the workspace's, then `layers` as decoded from JSON. Out of a workspace come only
    settings that can do no harm, since others may have made it. Raises `SettingsError` for a file that cannot be read.
    """
    files, refused = _files(root)
    settings, problems = resolve(merged(*(wire for _, wire in files), *layers))
    return settings, (*refused, *(_named(problem, files) for problem in problems))


def origins(root: Path) -> tuple[Settings, tuple[str, ...], dict[str, Path]]:
    """Return what `load` does, and for each setting that a file says, such as `hover.enabled`, which one it is.

    Raises `SettingsError` for a file that cannot be read.
    """
    files, _ = _files(root)
    said = {
        f"{section}.{key}": path
        for path, wire in files
        if isinstance(wire, Mapping)
        for section, values in wire.items()
        if isinstance(values, Mapping)
        for key, value in values.items()
        if value is not None and not resolve({section: {key: value}})[1]
    }
    return *load(root), said


def _files(root: Path | None) -> tuple[list[tuple[Path, object]], tuple[str, ...]]:
    """Return the files of settings with what they say, the user's first, and what may not be said there."""
    user = _read(user_file())
    if user is None and os.environ.get(CONFIG_VARIABLE):
        raise SettingsError(f"'{user_file()}' does not exist.", hint=f"{CONFIG_VARIABLE} names it; mend or unset that.")
    if root is None:
        return [(user_file(), user)], ()
    workspace, refused = _of_workspace(root / WORKSPACE_FILE)
    return [(user_file(), user), (root / WORKSPACE_FILE, workspace)], refused


def _named(problem: str, found_in: Iterable[tuple[Path, object]]) -> str:
    """Return a problem with the file it stands in, if it is one of a file."""
    return next((f"'{path}': {problem}" for path, wire in found_in if problem in resolve(wire)[1]), problem)


def merged(*layers: object) -> object:
    """Return settings laid over one another, section by section; a layer that is null says nothing."""
    result: object = None
    for layer in layers:
        if isinstance(result, Mapping) and isinstance(layer, Mapping):
            keys = [*result, *(key for key in layer if key not in result)]
            result = {key: merged(result.get(key), layer.get(key)) for key in keys}
        elif layer is not None and not (isinstance(result, Mapping) and layer == []):  # Lua's empty table, as a list
            result = layer
    return result


def _of_workspace(path: Path) -> tuple[object, tuple[str, ...]]:
    if path.exists() and not path.is_file():  # a pipe would be waited for
        raise SettingsError(f"'{path}' cannot be read: it is not a file.", hint="Remove it.")
    wire = _read(path)
    if not isinstance(wire, Mapping):
        return wire, ()
    forbidden = user_only_sections().intersection(wire)
    index = wire.get("index")
    if isinstance(index, Mapping) and (wider := WIDENING.intersection(index)):
        wire = {**wire, "index": {key: value for key, value in index.items() if key not in wider}}
        forbidden |= {f"index.{key}" for key in wider}
    refused = tuple(
        f"'{path}' sets `seealso.{key}`, which only your own settings may: whoever wrote the folder's files could "
        f"otherwise have more of it read, your text sent elsewhere, or a program run. Put it into "
        f"'{user_file()}' if you want it."
        for key in sorted(forbidden)
    )
    return {key: value for key, value in wire.items() if key not in forbidden}, refused


def _read(path: Path) -> object:
    """Return a TOML file's content, null when there is none."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise SettingsError(f"'{path}' is too large for settings.", hint="Make it smaller, or remove it.")
        return toml.loads(raw.decode("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise SettingsError(
            f"'{path}' cannot be read: {error.strerror or error}.", hint="Mend its permissions."
        ) from error
    except (ValueError, RecursionError) as error:  # no UTF-8, no TOML, or a tower of brackets
        raise SettingsError(f"'{path}' is not valid TOML: {error}.", hint="Mend or remove it.") from error
