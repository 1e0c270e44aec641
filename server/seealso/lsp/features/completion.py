"""`textDocument/completion` and `completionItem/resolve`: links to related sections, quotations, continuations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from seealso.lsp import completions, links, render, sentences, snippets
from seealso.lsp.beginning import beginning
from seealso.lsp.endings import endings, places_elsewhere
from seealso.lsp.literals import in_literal
from seealso.lsp.locations import place_link
from seealso.lsp.nearby import MATCHES
from seealso.lsp.paragraphs import last_written, paragraph_lines, without_marks
from seealso.worth import worthwhile

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

    from seealso.lsp.capabilities import Client
    from seealso.lsp.completions import Context, Proposal
    from seealso.lsp.documents import Snapshot
    from seealso.lsp.nearby import Nearby
    from seealso.lsp.server import Server
    from seealso.lsp.titles import Titles
    from seealso.model import Place
    from seealso.settings import CompletionSettings
    from seealso.text.base import Format
    from seealso.workspace import Workspace

TRIGGER = "["

MIN_WORD = 2
"""Longer words are looked for in titles while they are typed in running text."""

LINKS_WHILE_TYPING = 5
"""Links offered for a plain word; after a bracket there may be more."""

_KINDS = {
    "link": types.CompletionItemKind.Reference,
    "quote": types.CompletionItemKind.Snippet,
    "continue": types.CompletionItemKind.Snippet,
}


def register(server: Server) -> None:
    """Add the handlers."""

    @server.on(
        types.TEXT_DOCUMENT_COMPLETION,
        types.CompletionOptions(trigger_characters=[TRIGGER], resolve_provider=True),
        wanted=lambda settings: settings.completion.enabled,
    )
    async def completion(ls: Server, params: types.CompletionParams) -> types.CompletionList | None:
        asked = await ls.session.snapshot(params.text_document.uri)
        if asked is None:
            return None
        folder, snapshot = asked
        settings = folder.settings.completion
        if not settings.enabled:
            return None
        triggered = (
            params.context is not None and params.context.trigger_kind == types.CompletionTriggerKind.TriggerCharacter
        )
        request = _Request(
            snapshot,
            params.position,
            settings,
            triggered,
            folder.titles,
            folder.nearby,
            opened=await folder.opened_paths(),
            lazily=ls.session.client.completion_lazy_documentation,
        )
        found = await folder.ask(request)
        if found is None:
            return None
        # Also when the writer has typed on: clients keep what they asked for, and filter it themselves.
        context, proposals = found
        where = _range(snapshot, params.position, context)
        items = [
            _item(proposal, index, where, context, ls.session.client, folder.path, folder.uri)
            for index, proposal in enumerate(proposals)
        ]
        # Found by meaning and by what has been typed so far: another letter is another question.
        return types.CompletionList(is_incomplete=True, items=items)

    @server.on(types.COMPLETION_ITEM_RESOLVE)
    async def resolve(ls: Server, item: types.CompletionItem) -> types.CompletionItem:
        match item.data:
            case {"folder": str(uri), "path": str(path), "line": int(line)} if folder := ls.session.place(uri):
                place = await folder.ask(lambda workspace: _place_at(workspace, path, line))
                if place is not None:
                    item.documentation = _documentation(place, ls.session.client, folder.path)
        return item


@dataclass(frozen=True, slots=True)
class _Request:
    """The question behind a completion; called with the workspace in the thread for questions."""

    snapshot: Snapshot
    position: types.Position
    settings: CompletionSettings
    triggered: bool
    titles: Titles
    nearby: Nearby
    opened: Collection[str]
    lazily: bool
    """The client asks for documentation when it shows it."""

    def __call__(self, workspace: Workspace) -> tuple[Context, list[Proposal]] | None:
        from seealso.text.registry import format_for

        snapshot, text = self.snapshot, self.snapshot.text
        syntax = format_for(snapshot.path, snapshot.document.language_id)
        if syntax is None:
            return None
        markdown = syntax.name == "markdown"
        prefix = text.prefix(self.position)
        context = completions.context(prefix, text.suffix(self.position), markdown=markdown)
        if context is None or (self.triggered and context.kind == "any"):
            return None
        if context.kind == "any" and context.typed and not self.settings.inside_words:
            return None
        before = prefix.removesuffix(context.replaced)
        line, _ = text.place(self.position)
        if in_literal(text.lines, line, syntax.name):
            return None
        lines = paragraph_lines(text.lines, line, prefix if context.kind == "any" else before)
        paragraph = without_marks(lines)
        segmentation = workspace.segmentation(snapshot.path)
        passages = segmentation.passages if segmentation is not None else ()
        previous = next((passage.text for passage in reversed(passages) if passage.end_line < line), "")
        # Without the word that is being typed: it says little yet, and another letter would be another question.
        finished = completions.finished(paragraph, context.typed) if context.kind == "any" else paragraph
        near = self.nearby.of(completions.subject(finished, previous), snapshot.path, workspace)
        close = worthwhile(near)

        proposals: list[Proposal] = []
        if self.settings.snippets and context.kind == "any":
            # A new paragraph goes on from the one before.
            so_far = sentences.written(paragraph) if paragraph.strip() else sentences.finished(previous)
            gap = completions.gap_after(before)
            rests = self._rests(workspace, lines, line, syntax, context.typed)
            others = completions.continuations(so_far, context.typed, gap, close, workspace.following)
            offered = {proposal.text: proposal for proposal in reversed([*rests, *others])}
            proposals += [*reversed(offered.values())][: completions.MAX_CONTINUATIONS]
        if self.settings.links:
            wiki = context.kind == "wiki" or links.as_wikis_do(syntax, passages, self.titles, workspace)
            words = context.typed.strip() if context.kind != "any" or len(context.typed) > MIN_WORD else ""
            named = self.titles.find(words, workspace, self.opened)
            matches = near if context.kind != "any" else close
            if context.kind != "any" and words:
                matches = worthwhile(workspace.search(words, MATCHES).matches) if len(words) > MIN_WORD else ()
            sections = completions.link_proposals(snapshot.path, syntax, matches, named, near=near, wiki=wiki)
            proposals += sections if context.kind != "any" else sections[:LINKS_WHILE_TYPING]
        if self.settings.snippets and context.kind == "any" and not context.typed:
            # Only on request: while a word is being typed a list of quotations would be in the way.
            own_line = not before.strip()
            proposals += completions.quote_proposals(snapshot.path, syntax, close, on_own_line=own_line)
        return context, proposals if self.lazily else [_placed(workspace, proposal) for proposal in proposals]

    def _rests(
        self, workspace: Workspace, paragraph: Sequence[str], line: int, syntax: Format, typed: str
    ) -> list[Proposal]:
        """Return what is missing of a sentence that was written before: what ghost text shows where it is clear."""
        begun = beginning(paragraph, syntax)
        if begun is None or not begun.is_long_enough:
            return []
        return completions.rests(
            endings(begun, places_elsewhere(workspace, self.snapshot, last_written(line, paragraph), begun)), typed
        )


def _range(snapshot: Snapshot, position: types.Position, context: Context) -> types.Range:
    line, index = snapshot.text.place(position)
    return types.Range(
        snapshot.text.position(line, index - len(context.replaced)),
        snapshot.text.position(line, index + context.after),
    )


def _item(
    proposal: Proposal, index: int, where: types.Range, context: Context, client: Client, root: Path, folder: str
) -> types.CompletionItem:
    as_snippet = client.completion_snippets
    text = snippets.with_stop(proposal.text, proposal.editable) if as_snippet else proposal.text
    item = types.CompletionItem(
        label=proposal.label,
        kind=_KINDS[proposal.kind],
        detail=proposal.detail,
        # What has been typed matches itself, so that no client drops or reorders what was found by meaning.
        filter_text=context.replaced or None,
        sort_text=f"{index:03d}",
        text_edit=types.TextEdit(where, text),
        insert_text_format=types.InsertTextFormat.Snippet if as_snippet else types.InsertTextFormat.PlainText,
    )
    if client.completion_label_details:
        kind = "" if proposal.kind == "link" else f"{proposal.kind} · "
        item.label_details = types.CompletionItemLabelDetails(description=f"{kind}{proposal.path}")
    if client.completion_lazy_documentation:
        item.data = {"folder": folder, "path": proposal.path, "line": proposal.line}
    elif proposal.place is not None:
        item.documentation = _documentation(proposal.place, client, root)
    return item


def _documentation(place: Place, client: Client, root: Path) -> types.MarkupContent | str:
    if client.completion_markdown:
        text = render.place_markdown(place, partial(place_link, root) if client.markdown_links else None)
        return types.MarkupContent(types.MarkupKind.Markdown, text)
    text = render.place_plain(place)
    return types.MarkupContent(types.MarkupKind.PlainText, text) if client.completion_plain else text


def _placed(workspace: Workspace, proposal: Proposal) -> Proposal:
    """Return a proposal with the passage it shows, which a heading that was found by its title is without."""
    return proposal if proposal.place else replace(proposal, place=_place_at(workspace, proposal.path, proposal.line))


def _place_at(workspace: Workspace, path: str, line: int) -> Place | None:
    """Return the passage at a line, or the first one after a heading that stands there."""
    from seealso.overlay import place_of

    segmentation = workspace.segmentation(path)
    passages = segmentation.passages if segmentation is not None else ()
    passage = next((passage for passage in passages if passage.end_line >= line), None)
    return place_of(path, passage) if passage is not None else None
