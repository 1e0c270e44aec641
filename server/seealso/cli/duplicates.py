"""`seealso duplicates`."""

from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from seealso.cli import EXIT_FOUND, EXIT_OK
from seealso.cli.console import answers, warn, write_json
from seealso.cli.opening import open_containing
from seealso.cli.options import InsideArgument, JsonOption, duplicate_kinds
from seealso.cli.render import Page
from seealso.errors import IndexUnavailableError, SettingsError
from seealso.model import REPEATS, DuplicateGroup, DuplicateKind, IndexStatus
from seealso.report import group_json
from seealso.settings import DuplicateSettings
from seealso.units import count
from seealso.workspace import Workspace

_DEFAULT_KINDS = ",".join(REPEATS)


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command("duplicates", epilog="Example:  seealso duplicates docs --kinds exact,edited --fail-on exact")
    def _duplicates(
        path: InsideArgument = Path(),
        kinds: Annotated[
            str, typer.Option("--kinds", metavar="KIND,...", help="Which to list: exact, edited, reworded, parallel.")
        ] = _DEFAULT_KINDS,
        fail_on: Annotated[
            str | None,
            typer.Option(
                "--fail-on",
                metavar="KIND",
                help="exact, edited or reworded: exit with 1 when there are such or stronger ones, with 2 when none is "
                "found and the index is not complete.",
            ),
        ] = None,
        min_words: Annotated[
            int | None,
            typer.Option(
                "--min-words",
                metavar="N",
                min=1,
                help=f"Leave out shorter passages.  [default: {DuplicateSettings().min_words}, or as settings say]",
            ),
        ] = None,
        across_languages: Annotated[
            bool, typer.Option("--across-languages", help="Count translations as reworded.")
        ] = False,
        limit: Annotated[
            int | None, typer.Option("--limit", metavar="N", min=1, help="Groups at most.  [default: all]")
        ] = None,
        json: JsonOption = False,
    ) -> int:
        """List passages that were written more than once, in groups.

        Kinds, strongest first: exact is the same text, edited mostly the same words, reworded the same meaning in other
        words, parallel the same frame around another subject (no duplicate, shown only when asked for). The score is 1
        for the same text. With PATH inside an indexed folder, only groups that touch it are listed.

        A text that stands in many files is boilerplate: listed last, and never a reason to fail. A passage that is
        meant to repeat another is left out when a comment `seealso-ignore` stands before it.
        """
        shown = duplicate_kinds(kinds)
        failing = _at_least(fail_on)
        layer: dict[str, object] = {"minWords": min_words}
        if across_languages:
            layer["acrossLanguages"] = True
        workspace = open_containing(path, {"duplicates": layer})
        try:
            part = workspace.relative(path.resolve())
            listed = _groups(workspace, shown, part)
            # Asked by themselves: two equal passages are a finding also when a reworded third one joins their group.
            failed = _groups(workspace, failing, part) if failing else []
            status = workspace.status()
        finally:
            workspace.close()
        findings = [group for group in failed if not group.boilerplate]
        if json:
            for group in listed[:limit]:
                write_json(group_json(group))
        else:
            _print_groups(workspace.root, listed, limit)
        if missing := _missing(status):
            if failing and not findings:
                raise IndexUnavailableError(f"The index is not complete: {missing}.", hint="`seealso update` goes on.")
            warn(f"the index is not complete: {missing}. `seealso update` goes on.")
        if findings:
            verb = "fails" if len(findings) == 1 else "fail"
            listing = f"`--kinds {','.join(failing)}` lists them"
            warn(f"{count(len(findings), 'group')} {verb} `--fail-on {fail_on}`; {listing}.")
            return EXIT_FOUND
        return EXIT_OK


def _missing(status: IndexStatus) -> str:
    """Return what keeps an index from knowing every duplicate, or nothing."""
    if status.pending:
        return f"{count(status.pending, 'passage')} not embedded yet may repeat others"
    return "" if status.state == "ready" else "its last update was not finished, or another process is writing it"


def _at_least(weakest: str | None) -> tuple[DuplicateKind, ...]:
    """Return the kinds as strong as the one given, strongest first."""
    if weakest is None:
        return ()
    kind, *more = duplicate_kinds(weakest, REPEATS)
    if more:
        raise SettingsError("--fail-on takes one kind.", hint="Name the weakest that should fail.")
    return REPEATS[: REPEATS.index(kind) + 1]


def _groups(workspace: Workspace, kinds: tuple[DuplicateKind, ...], part: str | None) -> list[DuplicateGroup]:
    return sorted((group for group in workspace.duplicates(kinds) if _touches(group, part)), key=_order)


def _touches(group: DuplicateGroup, part: str | None) -> bool:
    """Say whether a place of the group lies in the folder or file asked about, relative to the root."""
    if part in (None, "", "."):
        return True
    return any(place.path == part or place.path.startswith(f"{part}/") for place in group.places)


def _order(group: DuplicateGroup) -> tuple[bool, int, float, str, int]:
    first = group.places[0]
    return group.boilerplate, tuple(DuplicateKind).index(group.kind), -group.score, first.path, first.start_line


def _print_groups(root: Path, groups: list[DuplicateGroup], limit: int | None) -> None:
    page = Page(answers(), root)
    shown = groups[:limit]
    for number, group in enumerate(shown, 1):
        page.group(number, group)
        page.gap()
    if not groups:
        page.note("Nothing was written twice.")
        return
    kinds = Counter(group.kind for group in groups)
    parts = [f"{kinds[kind]:,} {kind.value}" for kind in DuplicateKind if kinds[kind]]
    boilerplate = sum(group.boilerplate for group in groups)
    if boilerplate:
        parts.append(f"{boilerplate:,} of them boilerplate (the text stands in many files)")
    page.note(f"{count(len(groups), 'group')}: {', '.join(parts)}.")
    if len(shown) < len(groups):
        more = len(groups) - len(shown)
        page.note(f"{more:,} more {'group is' if more == 1 else 'groups are'} not shown (--limit).")
