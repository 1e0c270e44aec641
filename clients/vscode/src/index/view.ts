/** The view of the index: how far it is, what is in it, what could not be read. */
import * as vscode from 'vscode';
import { fileName } from '../place';
import type { DocumentProblem, FolderProblems } from '../protocol';
import type { Server } from '../server/server';
import {
  type FactNode,
  type FolderNode,
  foldersOf,
  type IndexNode,
  looksTheSame,
  type ProblemNode,
  stateOf,
} from './tree';

export class IndexView implements vscode.TreeDataProvider<IndexNode>, vscode.Disposable {
  private readonly problems = new Map<string, DocumentProblem[]>();
  private counted = '';
  private folders: FolderNode[] = [];
  private readonly view: vscode.TreeView<IndexNode>;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.view = vscode.window.createTreeView('seealso.index', { treeDataProvider: this });
    const show = () => void this.show();
    this.disposables = [
      this.view,
      this.changed,
      this.view.onDidChangeVisibility(show),
      server.onDidChangeStatus(show),
      server.onDidChangeLife(show),
    ];
  }

  getTreeItem(node: IndexNode): vscode.TreeItem {
    if (node.kind === 'folder') return folderItem(node);
    if (node.kind === 'fact') return factItem(node);
    if (node.kind === 'problem') return problemItem(node);
    const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Collapsed);
    item.description = String(node.children.length);
    item.iconPath = new vscode.ThemeIcon('warning');
    return item;
  }

  getChildren(node?: IndexNode): IndexNode[] {
    if (node === undefined) return this.folders;
    return node.kind === 'folder' || node.kind === 'problems' ? node.children : [];
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  private async show(): Promise<void> {
    const isBuilding = this.server.folders.some((folder) => typeof folder.percentage === 'number');
    void vscode.commands.executeCommand('setContext', 'seealso.indexing', isBuilding);
    if (!this.view.visible) return;
    await this.learnProblems();
    const folders = foldersOf(this.server.folders, this.problems, vscode.l10n.t);
    // What looks the same stays: see the view of related passages.
    if (looksTheSame(folders, this.folders, vscode.l10n.t)) return;
    this.folders = folders;
    this.changed.fire();
  }

  /** The status says how many documents could not be read; which ones is asked when that number changes. */
  private async learnProblems(): Promise<void> {
    const counts = this.server.folders.map((folder) => `${folder.uri} ${folder.errors ?? 0}`).join('\n');
    if (counts === this.counted || this.server.life !== 'running') return;
    const { folders } = await this.server.execute<{ folders: FolderProblems[] }>('seealso.indexStatus');
    this.problems.clear();
    for (const { uri, errors } of folders) this.problems.set(uri, errors);
    this.counted = counts;
  }
}

function folderItem({ folder }: FolderNode): vscode.TreeItem {
  const item = new vscode.TreeItem(folder.name, vscode.TreeItemCollapsibleState.Expanded);
  item.id = folder.uri;
  item.description = stateOf(folder, vscode.l10n.t);
  item.iconPath = new vscode.ThemeIcon(folder.state === 'failed' ? 'error' : 'root-folder');
  item.contextValue = 'folder';
  item.accessibilityInformation = { label: `${folder.name}, ${item.description}` };
  return item;
}

function factItem(node: FactNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label);
  item.description = node.value;
  item.iconPath = new vscode.ThemeIcon(node.icon);
  item.accessibilityInformation = { label: node.value === '' ? node.label : `${node.label}: ${node.value}` };
  return item;
}

function problemItem(node: ProblemNode): vscode.TreeItem {
  const uri = vscode.Uri.joinPath(vscode.Uri.parse(node.folder), node.path);
  const item = new vscode.TreeItem(fileName(node.path));
  item.description = node.reason;
  item.tooltip = `${node.path}\n${node.reason}`;
  item.resourceUri = uri;
  item.iconPath = vscode.ThemeIcon.File;
  item.command = { title: vscode.l10n.t('Open'), command: 'vscode.open', arguments: [uri] };
  item.accessibilityInformation = { label: `${node.path}: ${node.reason}` };
  return item;
}
