/** Opening places. */
import * as vscode from 'vscode';
import type { Place } from './protocol';

export interface OpenOptions {
  beside?: boolean;
  preserveFocus?: boolean;
}

/** The lines of a place, without the end of the last one. */
export function linesOf(place: Place): vscode.Range {
  return new vscode.Range(place.line - 1, 0, place.end_line - 1, Number.MAX_SAFE_INTEGER);
}

export function locationOf(place: Place): vscode.Location {
  return new vscode.Location(vscode.Uri.parse(place.uri), linesOf(place));
}

export async function openPlace(place: Place, options: OpenOptions = {}): Promise<vscode.TextEditor> {
  return await openAt(vscode.Uri.parse(place.uri), new vscode.Position(place.line - 1, 0), options);
}

export async function openAt(
  uri: vscode.Uri,
  at: vscode.Position,
  options: OpenOptions = {},
): Promise<vscode.TextEditor> {
  const editor = await vscode.window.showTextDocument(uri, {
    preview: true,
    preserveFocus: options.preserveFocus ?? false,
    selection: new vscode.Range(at, at),
    ...(options.beside ? { viewColumn: vscode.ViewColumn.Beside } : {}),
  });
  editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  return editor;
}
