"""`seealso lsp` as the help shows it; `seealso.cli.main` runs it without coming by here."""

from typing import Annotated

import typer

from seealso.cli.lsp import run


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("lsp", epilog="Example:  seealso lsp --tcp 127.0.0.1:2087")
    def _lsp(
        tcp: Annotated[
            str | None,
            typer.Option("--tcp", metavar="HOST:PORT", help="Listen there for one client instead; for debugging."),
        ] = None,
        stdio: Annotated[
            bool, typer.Option("--stdio", help="Standard input and output: the default, editors pass it anyway.")
        ] = False,
    ) -> int:
        """Run the language server; editors start it themselves.

        It speaks LSP over standard input and output until the editor leaves. Nothing has to be indexed before: the
        server indexes the folders the editor opens, and answers from what it has so far.
        """
        del stdio
        return run([] if tcp is None else ["--tcp", tcp])
