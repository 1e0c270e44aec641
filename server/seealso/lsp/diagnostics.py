"""What a diagnostic looks like: one for each passage that has been written before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp import render
from seealso.lsp.locations import place_location
from seealso.lsp.uris import to_uri
from seealso.model import DuplicateKind
from seealso.settings import Severity

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seealso.lsp.capabilities import Client
    from seealso.lsp.positions import Text
    from seealso.model import DuplicateFinding, Place
    from seealso.settings import Settings

SOURCE = "seealso"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}

_CODES = {
    DuplicateKind.EXACT: "duplicate-passage",
    DuplicateKind.EDITED: "near-duplicate-passage",
    DuplicateKind.REWORDED: "near-duplicate-passage",
    DuplicateKind.PARALLEL: "parallel-passage",
}

_SENTENCES = {
    DuplicateKind.EXACT: "This passage also stands in {where}.",
    DuplicateKind.EDITED: "This passage stands in nearly the same words in {where}.",
    DuplicateKind.REWORDED: "The same is said in other words in {where}.",
    DuplicateKind.PARALLEL: "The same is said about another subject in {where}.",
}

BOILERPLATE_CODE = "boilerplate-passage"

_MEANINGS = Path(__file__).parent / "codes.md"
"""What the codes mean, for people; a file of the package, so that it is there without a network."""

PLACES_IN_MESSAGE = 3
"""Places a message names when the client cannot show them as related information."""


@dataclass(frozen=True)
class Report:
    """What is said about one version of a document."""

    version: int | None
    """None: as it is saved."""
    diagnostics: list[types.Diagnostic]

    @cached_property
    def id(self) -> str:
        """The same for the same diagnostics, whenever and in whichever way they were found."""
        return blake2b(repr(self.diagnostics).encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


NOTHING = Report(None, [])


def diagnostics(
    findings: Sequence[DuplicateFinding], text: Text, root: Path, settings: Settings, client: Client
) -> list[types.Diagnostic]:
    """Return the diagnostics of one version of a document, in its order; all boilerplate together is one quiet hint."""
    wanted = [finding for finding in findings if settings.diagnostics.severity(finding.kind) is not Severity.OFF]
    result = [_diagnostic(finding, text, root, settings, client) for finding in wanted if not finding.boilerplate]
    if boilerplate := [finding for finding in wanted if finding.boilerplate]:
        result.append(_boilerplate(boilerplate, text))
    if client.diagnostic_descriptions:
        for diagnostic in result:
            diagnostic.code_description = types.CodeDescription(to_uri(_MEANINGS, _line_of(str(diagnostic.code))))
    return result


def _diagnostic(
    finding: DuplicateFinding, text: Text, root: Path, settings: Settings, client: Client
) -> types.Diagnostic:
    passage = finding.passage
    diagnostic = types.Diagnostic(
        range=text.range_of_bytes(passage.start_byte, passage.end_byte),
        severity=_SEVERITIES[settings.diagnostics.severity(finding.kind)],
        code=_CODES[finding.kind],
        source=SOURCE,
        message=_message(finding, everything=not client.diagnostic_related),
    )
    if client.diagnostic_related:
        diagnostic.related_information = [
            types.DiagnosticRelatedInformation(place_location(place, root), render.title(place.path, place.headings))
            for place in finding.others
        ]
    if client.diagnostic_data:
        diagnostic.data = {
            "kind": finding.kind.value,
            "score": finding.score,
            "hash": passage.hash.hex(),
            "places": [_place_data(place, root) for place in finding.others],
        }
    return diagnostic


def _boilerplate(findings: Sequence[DuplicateFinding], text: Text) -> types.Diagnostic:
    count = len(findings)
    first = findings[0].passage
    what = "This passage is" if count == 1 else f"This and {count - 1} more passages here are"
    return types.Diagnostic(
        range=text.range_of_bytes(first.start_byte, first.end_byte),
        severity=types.DiagnosticSeverity.Hint,
        code=BOILERPLATE_CODE,
        source=SOURCE,
        message=f"{what} boilerplate: the same text stands in many files.",
    )


@cache
def _line_of(code: str) -> int:
    """Return the 0-based line that explains a code; editors follow lines in files, not headings."""
    return _MEANINGS.read_text("utf-8").splitlines().index(f"## {code}")


def _message(finding: DuplicateFinding, *, everything: bool) -> str:
    count = PLACES_IN_MESSAGE if everything else 1
    same = [place for place in finding.others if place.text == finding.passage.text]
    if finding.kind is not DuplicateKind.EXACT or len(same) == len(finding.others):
        return _SENTENCES[finding.kind].format(where=_named(finding.others, count))
    similar = [place for place in finding.others if place.text != finding.passage.text]
    return f"{_SENTENCES[finding.kind].format(where=_named(same, count))} It is similar in {_named(similar, count)}."


def _named(places: Sequence[Place], count: int) -> str:
    """Return the first places in words, and how many more there are."""
    # The path first: lists of problems cut what is long.
    where = ", ".join(
        f"{place.path}:{place.start_line + 1} ({render.title(place.path, place.headings)})" for place in places[:count]
    )
    more = len(places) - count
    return f"{where} and {more} more {'place' if more == 1 else 'places'}" if more > 0 else where


def _place_data(place: Place, root: Path) -> dict[str, object]:
    return {
        "uri": to_uri(root / place.path),
        "path": place.path,
        "line": place.start_line + 1,
        "end_line": place.end_line + 1,
        "hash": place.hash.hex(),
    }
