"""Bake the embedding model into the wheel, or beside the sources of an editable install."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# The build back end runs this file by its path, not as a module.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from model_build import artefact, source


class ModelBuildHook(BuildHookInterface[Any]):
    def dependencies(self) -> list[str]:
        """Ask for the weights and the graph library, unless the model is already there."""
        return [] if artefact.is_current() else ["numpy>=2.0", "onnx>=1.17", *source.requirements()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  (the interface)
        if not artefact.is_current():
            self.app.display_info("making the embedding model (about ten seconds)")
            artefact.make()
