"""`seealso search` and `related`."""

import re
from pathlib import Path
from typing import Annotated

import typer

from seealso.cli import EXIT_OK
from seealso.cli.console import answers, warn, write_json
from seealso.cli.opening import get_ready, open_containing
from seealso.cli.options import InsideOption, JsonOption, LimitOption
from seealso.cli.printable import printable
from seealso.cli.render import Page
from seealso.errors import SettingsError
from seealso.model import Match, Place, Related
from seealso.overlay import place_of
from seealso.report import document_json, match_json
from seealso.workspace import Workspace
from seealso.worth import MIN_SCORE_ASKED, worthwhile

_LOCATION = re.compile(r"(?P<file>.+?):(?P<line>[0-9]{1,9})(?::[0-9]*)?:?", re.DOTALL)


def register(app: typer.Typer) -> None:
    """Add the commands."""

    @app.command("search", epilog="Example:  seealso search 'how to restore a backup' --path docs -k 3")
    def _search(
        query: Annotated[str, typer.Argument(metavar="QUERY", help="Words, or a whole sentence in any language.")],
        path: InsideOption = Path(),
        limit: LimitOption = 10,
        words_only: Annotated[
            bool, typer.Option("--words-only", help="Search by words alone, without the embedding model.")
        ] = False,
        json: JsonOption = False,
    ) -> int:
        """Find passages by meaning and by words.

        The number before a place is its score, 0 to 1, from meaning and words together; it compares places of one
        answer, not of two. Places below 0.05 have nothing in common with the question and are left out, as in editors:
        there may be fewer than N, or none, which with --json is no line. There `dense` is the cosine of the meanings
        (null while a passage is not embedded) and `lexical` how well its words match, both 0 to 1.
        """
        if not query.strip():
            raise SettingsError("There is nothing to search for.", hint="Give some words or a sentence.")
        workspace = open_containing(path)
        try:
            if not words_only:
                get_ready(workspace)
            answer = workspace.search(query, limit, semantic=not words_only)
        finally:
            workspace.close()
        matches = worthwhile(answer.matches, MIN_SCORE_ASKED)
        if json:
            for match in matches:
                write_json(match_json(match))
        else:
            _print_matches(workspace.root, matches)
        if not answer.complete and not words_only:
            _warn_incomplete()
        return EXIT_OK

    @app.command("related", epilog="Example:  seealso related docs/backup.md:42")
    def _related(
        location: Annotated[
            str, typer.Argument(metavar="FILE:LINE", help="A place in an indexed document; lines count from 1.")
        ],
        limit: LimitOption = 10,
        documents: Annotated[
            bool, typer.Option("--documents", help="Whole documents related to FILE, in place of passages.")
        ] = False,
        json: JsonOption = False,
    ) -> int:
        """Show what else has been written about the passage at a line.

        Places that repeat the passage come first and say how; then related ones. The number before a place is its
        score, 0 to 1, comparable inside one answer. FILE is read as it is now, also when the index is older.

        Related places below 0.05 are left out: there may be none, which with --json is no line. Editors show less, five
        places from 0.2 unless set otherwise, because nobody has asked them.

        With --documents, FILE as the index has it is compared as a whole, and 0 is as far away as most documents are.
        """
        if documents:
            return _related_documents(location, limit, json=json)
        file, line = parse_location(location)
        workspace = open_containing(file)
        try:
            path = show_current_text(workspace, file)
            related = workspace.related(path, line, limit)
            if related is None:
                raise _no_passage(workspace, path, file, line)
        finally:
            workspace.close()
        matches = (*related.duplicates, *worthwhile(related.matches, MIN_SCORE_ASKED))[:limit]
        if json:
            for match in matches:
                write_json(match_json(match))
        else:
            _print_related(workspace, path, related, matches)
        if not related.complete:
            _warn_incomplete()
        return EXIT_OK


def _related_documents(location: str, limit: int, *, json: bool) -> int:
    file = Path(location)
    if not file.exists() and (found := _LOCATION.fullmatch(location)):
        file = Path(found["file"])
    workspace = open_containing(file)
    try:
        path = workspace.relative(file.resolve())
        if path is None or workspace.segmentation(path) is None:
            raise SettingsError(
                f"'{printable(str(file))}' is not in the index.", hint="Run `seealso update`, or name a document in it."
            )
        matches = workspace.related_documents(path, limit)
        complete = bool(matches) or workspace.status().state == "ready"
    finally:
        workspace.close()
    if json:
        for match in matches:
            write_json(document_json(match))
    else:
        page = Page(answers(), workspace.root)
        for match in matches:
            page.document(match)
        if not matches:
            page.note("No other document is related.")
    if not complete:
        _warn_incomplete()
    return EXIT_OK


def parse_location(text: str) -> tuple[Path, int]:
    """Return the file and the 0-based line of `FILE:LINE` or `FILE:LINE:COLUMN`, as compilers and grep print them."""
    found = _LOCATION.fullmatch(text)
    if found is None or int(found["line"]) < 1:
        raise SettingsError(
            f"'{printable(text)}' is not a place in a document.",
            hint="Write FILE:LINE, such as docs/backup.md:42; lines count from 1.",
        )
    return Path(found["file"]), int(found["line"]) - 1


def show_current_text(workspace: Workspace, file: Path) -> str:
    """Lay a document as it is now over the index, so that lines mean what the user sees; return its path there.

    A file in another encoding is answered from the index, which has found out what it is.
    """
    path = workspace.relative(file.resolve())
    if path is None or not file.is_file():
        raise SettingsError(
            f"'{printable(str(file))}' is not a document.", hint="Name a file inside an indexed folder."
        )
    try:
        if file.stat().st_size <= workspace.settings.index.max_file_bytes:
            workspace.set_buffer(path, file.read_bytes().decode("utf-8-sig"), None)
    except UnicodeDecodeError:
        pass
    except OSError as error:
        raise SettingsError(
            f"'{printable(str(file))}' cannot be read: {error.strerror}.", hint="Check its permissions."
        ) from error
    return path


def passage_now(workspace: Workspace, file: Path, line: int) -> Place:
    """Return the passage at a 0-based line of a document as it is now."""
    path = show_current_text(workspace, file)
    passage = workspace.passage_at(path, line)
    if passage is None:
        raise _no_passage(workspace, path, file, line)
    return place_of(path, passage)


def _no_passage(workspace: Workspace, path: str, file: Path, line: int) -> SettingsError:
    segmentation = workspace.segmentation(path)
    passages = segmentation.passages if segmentation is not None else ()
    if not passages:
        return SettingsError(
            f"'{printable(str(file))}' has no passages.", hint="It is empty, or not a format seealso reads."
        )
    nearest = min(passages, key=lambda passage: abs(passage.start_line - line))
    return SettingsError(
        f"There is no passage at line {line + 1} of '{printable(str(file))}'.",
        hint=f"Headings and code are none; the nearest one starts at line {nearest.start_line + 1}.",
    )


def _print_matches(root: Path, matches: tuple[Match, ...]) -> None:
    page = Page(answers(), root)
    if not matches:
        page.note("Nothing found.")
    for number, match in enumerate(matches):
        if number:
            page.gap()
        page.match(match)


def _print_related(workspace: Workspace, path: str, related: Related, matches: tuple[Match, ...]) -> None:
    page = Page(answers(), workspace.root)
    page.passage(place_of(path, related.passage))
    repeats = matches[: len(related.duplicates)]
    for title, part in (("Written before", repeats), ("Related", matches[len(repeats) :])):
        if part:
            page.gap()
            page.title(title)
            for match in part:
                page.match(match)
    if not matches:
        page.gap()
        page.note("Nothing related has been written yet.")


def _warn_incomplete() -> None:
    warn("some passages are not embedded yet and were found by words only; `seealso update` goes on with them.")
