"""ONNX Runtime, kept from telling its makers about the machine it runs on."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any


def onnxruntime() -> Any:
    """Import ONNX Runtime; the only place that does.

    It counts sessions under a lasting id of the machine, keeps the events in the user's cache folder and sends them,
    unless this variable is set before it is loaded; to switch it off afterwards is too late for the id.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime as runtime

    with suppress(AttributeError):
        runtime.disable_telemetry_events()
    return runtime
