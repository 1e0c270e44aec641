"""A real Neovim with a screen, driven as a person would: keys go in, and what stands on the screen is read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from editors.neovim.rpc import Rpc, RpcError
from editors.neovim.screen import Screen

T = TypeVar("T")

CLIENT = Path(__file__).parents[3] / "clients" / "neovim"

WAIT_S = 40.0
"""Longest wait for anything; the machine may be busy."""

LOOK_S = 0.02


class Neovim:
    """One editor, with a home of its own."""

    def __init__(self, program: Path, home: Path, *, columns: int = 100, lines: int = 30, init: str = "") -> None:
        folders = {f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        config = home / "config" / "nvim" / "init.lua"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(init, "utf-8")
        environment = {**os.environ, **folders, "HOME": str(home), "SEEALSO_CACHE_DIR": str(home / "seealso")}
        environment.pop("NVIM", None)
        self.home = home
        self._screen = Screen()
        self._rpc = Rpc([str(program), "--embed", "-n", "-i", "NONE"], environment, self._hear)
        self._ask("nvim_ui_attach", columns, lines, {"rgb": True, "ext_linegrid": True})

    def close(self) -> None:
        """Leave, whatever is unsaved."""
        try:
            while self._ask("nvim_get_mode")["blocking"]:
                self.keys("<C-c>")  # out of a prompt: while one is open, nothing else is done
                time.sleep(LOOK_S)
            self.command("qall!")
        except (OSError, RpcError):
            pass  # it has left already, or leaves before it has answered
        finally:
            self._rpc.process.kill()
            self._rpc.process.wait()

    def lua(self, code: str, *arguments: Any) -> Any:
        """Return what a piece of Lua returns."""
        return self._ask("nvim_exec_lua", code, arguments)

    def command(self, text: str) -> None:
        """Perform an Ex command, without a key being pressed."""
        self._ask("nvim_command", text)

    def keys(self, text: str) -> None:
        """Press keys, as in a mapping: `<CR>`, `<C-w>`."""
        self._ask("nvim_input", text)

    def edit(self, path: Path, line: int = 1, column: int = 0) -> None:
        """Open a document at a line (from 1)."""
        self.command(f"edit {path}")
        self.go(line, column)

    def go(self, line: int, column: int = 0) -> None:
        """Move the cursor as keys do, so that it is noticed."""
        self.keys(f"{line}G0" + (f"{column}l" if column else ""))

    def screen(self) -> str:
        """Return what stands on the screen, one line a row."""
        return self._screen.text()

    def buffer(self) -> list[str]:
        """Return the lines of the current buffer."""
        return list(self._ask("nvim_buf_get_lines", 0, 0, -1, True))

    def name(self) -> str:
        """Return the path of the current buffer."""
        return str(self._ask("nvim_buf_get_name", 0))

    def line(self) -> int:
        """Return the line of the cursor."""
        return int(self._ask("nvim_win_get_cursor", 0)[0])

    def messages(self) -> str:
        """Return all messages so far."""
        return str(self._ask("nvim_exec2", "messages", {"output": True})["output"])

    def until(self, what: Callable[[], T], wait_s: float = WAIT_S) -> T:
        """Return what is true at last."""
        end = time.monotonic() + wait_s
        while not (found := what()):
            assert time.monotonic() < end, f"It never came. The screen:\n{self.screen()}"
            time.sleep(LOOK_S)
        return found

    def sees(self, *texts: str) -> str:
        """Wait until all texts stand on the screen; return it."""

        def look() -> str:
            screen = self.screen()
            return screen if all(text in screen for text in texts) else ""

        return self.until(look)

    def returns(self, code: str, wanted: Any = True) -> None:
        """Wait until a piece of Lua returns what is wanted."""
        self.until(lambda: self.lua(code) == wanted)

    def _ask(self, method: str, *arguments: Any) -> Any:
        try:
            return self._rpc.request(method, *arguments, wait_s=WAIT_S)
        except TimeoutError as error:
            raise AssertionError(f"Neovim does not answer. The screen:\n{self.screen()}") from error

    def _hear(self, name: str, arguments: list[Any]) -> None:
        if name == "redraw":
            self._screen.redraw(arguments)
