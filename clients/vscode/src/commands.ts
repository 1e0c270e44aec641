/** Commands about places, for views, menus and the server's own actions. */
import * as vscode from 'vscode';
import { asked, chosen } from './asked';
import { pairs } from './counts';
import type { DuplicatePlaceNode, GroupNode } from './duplicates/tree';
import { linesOf, locationOf, openAt, openPlace } from './open';
import { Passages, type WireLocation } from './passages';
import type { Place } from './protocol';
import type { PlaceNode } from './related/tree';
import type { RelatedView } from './related/view';
import { CLIENT_COMMANDS } from './server/capabilities';
import type { Server } from './server/server';

type AnyPlaceNode = PlaceNode | DuplicatePlaceNode;

export function addCommands(server: Server, related: RelatedView): vscode.Disposable {
  const passages = new Passages();
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    passages,
    registerCommand('seealso.focusRelated', () => vscode.commands.executeCommand('seealso.related.focus')),
    registerCommand('seealso.restart', () => server.restart()),
    registerCommand('seealso.install', () => server.install()),
    registerCommand('seealso.showLog', () => server.log.show()),
    registerCommand(
      'seealso.update',
      asked(() => renew(server, 'seealso.updateIndex', vscode.l10n.t('seealso: the index is up to date'))),
    ),
    registerCommand(
      'seealso.rebuild',
      asked(() => renew(server, 'seealso.rebuildIndex', vscode.l10n.t('seealso: the index is rebuilt'))),
    ),
    registerCommand(
      'seealso.stop',
      asked(() => server.execute('seealso.stopUpdate')),
    ),
    registerCommand(
      'seealso.shareMarked',
      asked(() => shareMarked(server)),
    ),
    registerCommand('seealso.openDuplicatesPage', () =>
      vscode.window.showTextDocument(vscode.Uri.parse('seealso:duplicates.md')),
    ),
    registerCommand(
      'seealso.open',
      asked(async (node?: AnyPlaceNode) => openPlace(placeOf(node))),
    ),
    registerCommand(
      'seealso.openBeside',
      asked(async (node?: AnyPlaceNode) => openPlace(placeOf(node), { beside: true })),
    ),
    registerCommand(
      'seealso.peek',
      asked(async (node?: AnyPlaceNode) => peek([placeOf(node)])),
    ),
    registerCommand(
      'seealso.insertLink',
      asked(async (node?: PlaceNode) => insertLink(server, placeOf(node))),
    ),
    registerCommand(
      'seealso.copyLink',
      asked(async (node?: PlaceNode) => copyLink(server, placeOf(node))),
    ),
    registerCommand(
      'seealso.compare',
      asked((node?: AnyPlaceNode | GroupNode) => compare(passages, related, node)),
    ),
    registerCommand(CLIENT_COMMANDS.open, ({ uri, range }: WireLocation) =>
      openAt(vscode.Uri.parse(uri), new vscode.Position(range.start.line, range.start.character)),
    ),
    registerCommand(CLIENT_COMMANDS.compare, (here: WireLocation, there: WireLocation) =>
      passages.compare(here, there),
    ),
    registerCommand(CLIENT_COMMANDS.showRelated, (uri: string, at: { line: number; character: number }) =>
      showRelated(uri, at),
    ),
  );
}

function placeOf(node: AnyPlaceNode | undefined): Place {
  const row = chosen(node);
  return row.kind === 'place' ? row.match : row.place;
}

async function peek(places: Place[]): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    await openPlace(places[0] as Place);
    return;
  }
  const { document, selection } = editor;
  const locations = places.map(locationOf);
  await vscode.commands.executeCommand(
    'editor.action.peekLocations',
    document.uri,
    selection.active,
    locations,
    'peek',
  );
}

async function linkTo(server: Server, editor: vscode.TextEditor, place: Place): Promise<string> {
  const { text } = await server.execute<{ text: string }>('seealso.linkTo', {
    uri: editor.document.uri.toString(),
    otherUri: place.uri,
    otherPosition: { line: place.line - 1, character: 0 },
  });
  return text;
}

async function insertLink(server: Server, place: Place): Promise<void> {
  const editor = await writersEditor();
  const link = await linkTo(server, editor, place);
  const { active } = editor.selection;
  const before = editor.document.lineAt(active.line).text.slice(0, active.character);
  const space = before === '' || /[\s([{]$/.test(before) ? '' : ' ';
  await editor.edit((edit) => edit.replace(editor.selection, space + link));
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}

async function copyLink(server: Server, place: Place): Promise<void> {
  await vscode.env.clipboard.writeText(await linkTo(server, await writersEditor(), place));
  vscode.window.setStatusBarMessage(vscode.l10n.t('seealso: the link is in the clipboard'), 3_000);
}

async function writersEditor(): Promise<vscode.TextEditor> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new Error(vscode.l10n.t('Open the document that should have the link first.'));
  return editor;
}

/** Compares a related place with the passage at the cursor, and a duplicate with the first one of its group. */
async function compare(passages: Passages, related: RelatedView, node?: AnyPlaceNode | GroupNode): Promise<void> {
  if (node === undefined || node.kind === 'place') {
    const there = placeOf(node);
    if (related.passage !== null) await passages.compare(wire(related.passage), wire(there));
    return;
  }
  const places = node.kind === 'group' ? node.group.places : node.parent.group.places;
  const there = node.kind === 'group' ? places[1] : node.place;
  const here = places.find((place) => place !== there);
  if (here !== undefined && there !== undefined) await passages.compare(wire(here), wire(there));
}

function wire(place: Place): WireLocation {
  const { start, end } = linesOf(place);
  return { uri: place.uri, range: { start, end } };
}

async function showRelated(uri: string, at: { line: number; character: number }): Promise<void> {
  await openAt(vscode.Uri.parse(uri), new vscode.Position(at.line, at.character));
  await vscode.commands.executeCommand('seealso.related.focus');
}

/** Says when it is done: in a small folder that is so soon that nothing else is seen of it. */
async function renew(server: Server, command: string, done: string): Promise<void> {
  const { folders } = await server.execute<{ folders: { cancelled: boolean; pending: number }[] }>(command);
  const isDone = folders.length > 0 && folders.every((folder) => !folder.cancelled && folder.pending === 0);
  if (isDone) vscode.window.setStatusBarMessage(done, 3_000);
}

async function shareMarked(server: Server): Promise<void> {
  const { t } = vscode.l10n;
  for (const { uri, name } of server.folders) {
    const shared = await server.execute<{ pairs: number }>('seealso.shareIntended', { uri });
    const now = t('{0}: seealso.ignore.toml now holds {1}.', name, pairs(shared.pairs, t));
    void vscode.window.showInformationMessage(now);
  }
}
