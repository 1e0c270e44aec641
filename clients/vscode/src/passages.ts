/** Documents that hold one passage of another document, so that two passages can be compared side by side. */
import * as vscode from 'vscode';
import { fileName } from './place';
import { sentences } from './sentences';

const SCHEME = 'seealso-passage';
/** Where they lie, for the editor: the manifest has a language for it, whose long lines are wrapped. */
const ROOT = '/seealso-passage';

/** A range of a document, as the language server protocol says it. */
export interface WireLocation {
  uri: string;
  range: { start: { line: number; character: number }; end: { line: number; character: number } };
}

export class Passages implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly disposables = [
    this.changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidChangeTextDocument(({ document }) => this.follow(document.uri.toString())),
  ];

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    const { uri: of, range } = locationIn(uri);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(of));
    const { start, end } = range;
    const text = document.getText(new vscode.Range(start.line, start.character, end.line, end.character));
    return `${sentences(text)}\n`;
  }

  /** Shows two passages in the editor's own comparison. */
  async compare(first: WireLocation, second: WireLocation): Promise<void> {
    const title = `${nameOf(first)} ↔ ${nameOf(second)}`;
    await vscode.commands.executeCommand('vscode.diff', addressOf(first), addressOf(second), title, { preview: true });
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  private follow(changed: string): void {
    for (const { uri } of vscode.workspace.textDocuments) {
      if (uri.scheme === SCHEME && vscode.Uri.parse(locationIn(uri).uri).toString() === changed) this.changed.fire(uri);
    }
  }
}

function addressOf(location: WireLocation): vscode.Uri {
  const { path } = vscode.Uri.parse(location.uri);
  return vscode.Uri.from({ scheme: SCHEME, path: ROOT + path, query: JSON.stringify(location) });
}

function locationIn(address: vscode.Uri): WireLocation {
  return JSON.parse(address.query);
}

function nameOf({ uri, range }: WireLocation): string {
  return `${fileName(vscode.Uri.parse(uri).path)}:${range.start.line + 1}`;
}
