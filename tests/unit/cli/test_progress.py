from __future__ import annotations

import io
import signal

import pytest
from rich.console import Console

from seealso.cli import progress
from seealso.cli.progress import ProgressBars, interruptible
from seealso.model import Phase, Progress


def test_first_interrupt_asks_second_insists() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as cancelled:
        assert not cancelled()
        signal.raise_signal(signal.SIGINT)
        assert cancelled()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "pipe"])
def test_bars_only_on_a_terminal(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    output = io.StringIO()
    monkeypatch.setattr(progress, "messages", lambda: Console(file=output, width=80, force_terminal=terminal))
    with ProgressBars() as bars:
        bars.report(Progress(Phase.SCAN, 0, 0))
        bars.report(Progress(Phase.READ, 30, 120, rate=42.0, remaining_s=95))
    shown = output.getvalue()
    if terminal:
        assert "Reading" in shown
        assert "30/120" in shown
        assert "42/s, 1 min 35 s left" in shown
    else:
        assert shown == ""
