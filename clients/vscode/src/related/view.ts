/** The view that follows the cursor: what else has been written about the passage there. */
import * as vscode from 'vscode';
import { closenessIn } from '../closeness';
import { Debounce } from '../debounce';
import { beginning, sectionTitle } from '../place';
import type { Place, Related } from '../protocol';
import { say } from '../say';
import { type Languages, languages, SCHEMES } from '../server/languages';
import type { Server } from '../server/server';
import { isOn } from '../server/settings';
import { messageFor } from './message';
import {
  contextOf,
  type DocumentNode,
  documentsOf,
  iconOf,
  looksTheSame,
  type PlaceNode,
  type RelatedNode,
} from './tree';

const QUIET_MS = 200;
const SNIPPET = 80;

export class RelatedView implements vscode.TreeDataProvider<RelatedNode>, vscode.Disposable {
  /** The passage that the view is about. */
  passage: Place | null = null;
  private documents: DocumentNode[] = [];
  private isPinned = false;
  private asking: vscode.CancellationTokenSource | undefined;
  private readonly view: vscode.TreeView<RelatedNode>;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly cursor = new Debounce(QUIET_MS);
  private readonly languages: Set<string>;
  private readonly disposables: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    manifest: Languages,
  ) {
    this.languages = new Set(languages(manifest, isOn));
    this.view = vscode.window.createTreeView('seealso.related', { treeDataProvider: this, showCollapseAll: true });
    const follow = () => this.cursor.later(() => void this.refresh());
    this.disposables = [
      this.view,
      this.changed,
      this.cursor,
      vscode.window.onDidChangeTextEditorSelection(follow),
      vscode.window.onDidChangeActiveTextEditor(follow),
      this.view.onDidChangeVisibility(follow),
      server.onDidChangeLife(follow),
      server.onDidChangeStatus(follow),
      vscode.commands.registerCommand('seealso.related.pin', () => this.pin(true)),
      vscode.commands.registerCommand('seealso.related.unpin', () => this.pin(false)),
    ];
    follow();
  }

  getTreeItem(node: RelatedNode): vscode.TreeItem {
    return node.kind === 'document' ? documentItem(node) : placeItem(node);
  }

  getChildren(node?: RelatedNode): RelatedNode[] {
    if (node === undefined) return this.documents;
    return node.kind === 'document' ? node.places : [];
  }

  getParent(node: RelatedNode): RelatedNode | undefined {
    return node.kind === 'place' ? node.parent : undefined;
  }

  dispose(): void {
    this.asking?.cancel();
    for (const each of this.disposables) each.dispose();
  }

  private pin(isPinned: boolean): void {
    this.isPinned = isPinned;
    void vscode.commands.executeCommand('setContext', 'seealso.related.pinned', isPinned);
    if (!isPinned) void this.refresh();
  }

  private async refresh(): Promise<void> {
    if (this.server.isAway) this.show(null, undefined);
    if (this.isPinned || !this.view.visible || this.server.life !== 'running') return;
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined || !this.isRead(editor.document)) {
      // What was shown stays while one looks at something else.
      if (this.passage === null) this.show(null, vscode.l10n.t('Put the cursor into a document.'));
      return;
    }
    this.asking?.cancel();
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    const { line, character } = editor.selection.active;
    const argument = { uri: editor.document.uri.toString(), position: { line, character } };
    try {
      const related = await this.server.execute<Related>('seealso.showRelated', argument, asking.token);
      if (!asking.token.isCancellationRequested) {
        this.show(related, messageFor(related, this.server.folders, vscode.l10n.t));
      }
    } catch (error) {
      if (!asking.token.isCancellationRequested)
        this.show(null, error instanceof Error ? error.message : String(error));
    }
  }

  private isRead({ uri, languageId }: vscode.TextDocument): boolean {
    return SCHEMES.includes(uri.scheme) && this.languages.has(languageId);
  }

  private show(related: Related | null, message: string | undefined): void {
    this.passage = related?.passage ?? null;
    const documents = related === null ? [] : documentsOf(related);
    // A tree that is made anew forgets which of its rows is being clicked: what looks the same stays.
    if (!looksTheSame(documents, this.documents)) {
      this.documents = documents;
      this.changed.fire();
    }
    const isWorthSaying = documents.length === 0 || related?.complete === false;
    say(this.view, isWorthSaying ? message : undefined, this.passage === null ? '' : sectionTitle(this.passage));
  }
}

function documentItem(node: DocumentNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.title, vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.uri;
  item.description = node.isSame ? vscode.l10n.t('this document') : node.path;
  item.resourceUri = vscode.Uri.parse(node.uri);
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = contextOf(node);
  item.tooltip = node.path;
  item.accessibilityInformation = { label: `${node.title}, ${item.description}` };
  return item;
}

function placeItem(node: PlaceNode): vscode.TreeItem {
  const { match } = node;
  const { t } = vscode.l10n;
  const closeness = closenessIn(match.closeness, t);
  const item = new vscode.TreeItem(sectionTitle(match));
  item.id = `${match.uri}#${match.line}`;
  item.description = `${closeness} · ${beginning(match.text, SNIPPET)}`;
  item.iconPath = new vscode.ThemeIcon(iconOf(match));
  item.contextValue = contextOf(node);
  item.tooltip = placeTooltip(node, closeness);
  item.command = { title: t('Open'), command: 'seealso.open', arguments: [node] };
  const where = t('line {0}', match.line);
  const linked = match.linked ? `, ${t('already linked')}` : '';
  item.accessibilityInformation = { label: `${sectionTitle(match)}, ${closeness}${linked}, ${where}: ${match.text}` };
  return item;
}

function placeTooltip({ match }: PlaceNode, closeness: string): string {
  const { t } = vscode.l10n;
  const marks = [closeness, `${match.path}:${match.line}`, ...(match.linked ? [t('already linked')] : [])];
  // Plain: `appendText` of a MarkdownString keeps the words together, and breaks lines inside of them.
  return `${marks.join(' · ')}\n\n${match.text}`;
}
