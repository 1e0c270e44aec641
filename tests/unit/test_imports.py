"""What importing seealso costs: never the libraries of a model server."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import importlib, pkgutil, sys
import seealso

class Watch:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("vllm", "torch", "transformers"):
            print(name)

sys.meta_path.insert(0, Watch())
for module in pkgutil.walk_packages(seealso.__path__, "seealso."):
    importlib.import_module(module.name)
print(len([name for name in sys.modules if name.startswith("seealso.")]), "modules")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="a vLLM is looked after with what only POSIX systems have")
def test_no_module_looks_for_vllm() -> None:
    ended = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=False)
    assert not ended.returncode, ended.stderr
    *looked_for, counted = ended.stdout.splitlines()
    assert not looked_for
    assert int(counted.split()[0]) > 100
