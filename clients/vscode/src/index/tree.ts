/** What is known about the index, as a tree: folders, facts about them, documents that could not be read. Pure. */
import { number } from '../counts';
import type { DocumentProblem, FolderStatus } from '../protocol';
import type { Translate } from '../translate';

export interface FolderNode {
  kind: 'folder';
  folder: FolderStatus;
  children: IndexNode[];
}

export interface FactNode {
  kind: 'fact';
  label: string;
  value: string;
  icon: string;
}

export interface ProblemsNode {
  kind: 'problems';
  label: string;
  children: ProblemNode[];
}

export interface ProblemNode {
  kind: 'problem';
  path: string;
  reason: string;
  /** Of its folder. */
  folder: string;
}

export type IndexNode = FolderNode | FactNode | ProblemsNode | ProblemNode;

export function foldersOf(
  folders: FolderStatus[],
  problems: Map<string, DocumentProblem[]>,
  t: Translate,
): FolderNode[] {
  return folders.map((folder) => ({
    kind: 'folder',
    folder,
    children: [...facts(folder, t), ...problemsOf(folder, problems.get(folder.uri) ?? [], t)],
  }));
}

/** Tells whether two trees look the same: of what is known of a folder, its facts are shown, its name and its state. */
export function looksTheSame(one: FolderNode[], other: FolderNode[], t: Translate): boolean {
  const shown = (nodes: FolderNode[]) =>
    JSON.stringify(
      nodes.map(({ folder, children }) => [folder.uri, folder.name, folder.state, stateOf(folder, t), children]),
    );
  return shown(one) === shown(other);
}

/** How an index is, in words; a message of the server says more. */
export function stateOf(folder: FolderStatus, t: Translate): string {
  if (typeof folder.percentage === 'number') return t('{0} %', folder.percentage);
  switch (folder.state) {
    case 'ready':
      return t('up to date');
    case 'failed':
      return t('failed');
    case 'building':
      return t('being built');
    case 'partial':
      return t('incomplete');
    case 'empty':
      return t('empty');
  }
}

export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(count, 1)) / 3), units.length - 1);
  const amount = count / 1000 ** power;
  return `${power === 0 || amount >= 100 ? Math.round(amount) : amount.toFixed(1)} ${units[power]}`;
}

function facts(folder: FolderStatus, t: Translate): FactNode[] {
  const found: FactNode[] = [];
  const add = (icon: string, label: string, value: string) => found.push({ kind: 'fact', icon, label, value });
  if (folder.message !== '') add(typeof folder.percentage === 'number' ? 'sync~spin' : 'info', folder.message, '');
  if (folder.documents !== undefined) add('files', t('Documents'), number(folder.documents));
  if (folder.passages !== undefined) add('list-flat', t('Passages'), number(folder.passages));
  if (folder.pending) add('watch', t('Not embedded yet'), number(folder.pending));
  if (folder.model) add('chip', t('Model'), folder.model);
  if (folder.index_bytes) add('database', t('Size'), bytes(folder.index_bytes));
  return found;
}

function problemsOf(folder: FolderStatus, problems: DocumentProblem[], t: Translate): ProblemsNode[] {
  if (problems.length === 0) return [];
  const children = problems.map((each): ProblemNode => ({ kind: 'problem', ...each, folder: folder.uri }));
  return [{ kind: 'problems', label: t('Could not be read'), children }];
}
