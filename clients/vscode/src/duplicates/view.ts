/** The view of all that is written more than once. Filled when it is looked at, and again when the index has changed. */
import * as vscode from 'vscode';
import { asked, chosen } from '../asked';
import * as counts from '../counts';
import { Debounce } from '../debounce';
import { sectionTitle } from '../place';
import type { DuplicateGroup, Place } from '../protocol';
import { say } from '../say';
import type { Server } from '../server/server';
import {
  type DuplicatePlaceNode,
  type DuplicatesNode,
  type GroupNode,
  type KindNode,
  kindsOf,
  looksTheSame,
  pairsOf,
} from './tree';

const SETTLE_MS = 1_000;
const REPORTED: DuplicateGroup['kind'][] = ['exact', 'edited', 'reworded'];

export class DuplicatesView implements vscode.TreeDataProvider<DuplicatesNode>, vscode.Disposable {
  private groups: DuplicateGroup[] = [];
  private kinds: KindNode[] = [];
  private isStale = true;
  private readonly view: vscode.TreeView<DuplicatesNode>;
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.changed.event;
  private readonly settled = new Debounce(SETTLE_MS);
  private readonly disposables: vscode.Disposable[];

  constructor(private readonly server: Server) {
    this.view = vscode.window.createTreeView('seealso.duplicates', { treeDataProvider: this, showCollapseAll: true });
    const outdated = () => {
      this.isStale = true;
      this.settled.later(() => void this.fill());
    };
    this.disposables = [
      this.view,
      this.changed,
      this.settled,
      this.view.onDidChangeVisibility(() => void this.fill()),
      server.onDidChangeLife(outdated),
      server.onDidChangeStatus(outdated),
      vscode.commands.registerCommand('seealso.duplicates.refresh', () => this.refresh()),
      vscode.commands.registerCommand(
        'seealso.duplicates.ignore',
        asked(async (node?: GroupNode | DuplicatePlaceNode) => this.ignore(chosen(node))),
      ),
    ];
  }

  getTreeItem(node: DuplicatesNode): vscode.TreeItem {
    if (node.kind === 'kind') return kindItem(node);
    return node.kind === 'group' ? groupItem(node) : placeItem(node);
  }

  getChildren(node?: DuplicatesNode): DuplicatesNode[] {
    if (node === undefined) return this.kinds;
    if (node.kind === 'kind') return node.groups;
    return node.kind === 'group' ? node.places : [];
  }

  dispose(): void {
    for (const each of this.disposables) each.dispose();
  }

  private async refresh(): Promise<void> {
    this.isStale = true;
    await this.fill();
  }

  private async fill(): Promise<void> {
    if (this.server.isAway) this.show([]);
    if (!this.isStale || !this.view.visible || this.server.life !== 'running') return;
    this.isStale = false;
    // Without a folder nothing is said: the view's welcome says what to do, where there is nothing else.
    if (!vscode.workspace.workspaceFolders?.length) return this.show([]);
    const { t } = vscode.l10n;
    try {
      const groups = await vscode.window.withProgress({ location: { viewId: 'seealso.duplicates' } }, async () => {
        const result = await this.server.execute<{ groups: DuplicateGroup[] }>('seealso.listDuplicates', {
          kinds: REPORTED,
        });
        return result.groups;
      });
      const isComplete = this.server.folders.every((folder) => folder.state === 'ready');
      const count = counts.groups(groups.length, t);
      const none = isComplete ? t('Nothing is written twice.') : t('Nothing so far: the index is not complete yet.');
      this.show(groups, groups.length === 0 ? none : undefined, isComplete ? count : t('{0} so far', count));
    } catch (error) {
      this.show([], error instanceof Error ? error.message : String(error));
    }
  }

  private show(groups: DuplicateGroup[], message?: string, description?: string): void {
    // What looks the same stays: see the view of related passages.
    if (!looksTheSame(groups, this.groups)) {
      this.groups = groups;
      this.kinds = kindsOf(groups, vscode.l10n.t);
      this.changed.fire();
    }
    say(this.view, message, description);
  }

  /** Marks as intended: all of a group, or one place beside the others. */
  private async ignore(node: GroupNode | DuplicatePlaceNode): Promise<void> {
    const group = node.kind === 'group' ? node.group : node.parent.group;
    const concerned = ([first, second]: [Place, Place]) =>
      node.kind === 'group' || first.text === node.place.text || second.text === node.place.text;
    for (const [first, second] of pairsOf(group).filter(concerned)) {
      await this.server.execute('seealso.markIntended', {
        uri: first.uri,
        position: { line: first.line - 1, character: 0 },
        otherUri: second.uri,
        otherPosition: { line: second.line - 1, character: 0 },
      });
    }
    await this.refresh();
  }
}

function kindItem(node: KindNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Expanded);
  item.id = node.label;
  item.description = String(node.groups.length);
  item.contextValue = 'kind';
  item.accessibilityInformation = { label: `${node.label}: ${counts.groups(node.groups.length, vscode.l10n.t)}` };
  return item;
}

function groupItem(node: GroupNode): vscode.TreeItem {
  const { t } = vscode.l10n;
  const item = new vscode.TreeItem(node.label, vscode.TreeItemCollapsibleState.Collapsed);
  item.description = t('{0} places', node.places.length);
  item.iconPath = new vscode.ThemeIcon('copy');
  item.contextValue = 'group';
  item.tooltip = node.group.places[0]?.text;
  item.accessibilityInformation = { label: `${node.label}, ${item.description}` };
  return item;
}

function placeItem(node: DuplicatePlaceNode): vscode.TreeItem {
  const { place } = node;
  const item = new vscode.TreeItem(sectionTitle(place));
  item.description = `${place.path}:${place.line}`;
  item.resourceUri = vscode.Uri.parse(place.uri);
  item.iconPath = vscode.ThemeIcon.File;
  item.contextValue = 'duplicate';
  item.tooltip = place.text;
  item.command = { title: vscode.l10n.t('Open'), command: 'seealso.open', arguments: [node] };
  item.accessibilityInformation = { label: `${sectionTitle(place)}, ${item.description}` };
  return item;
}
