/** What the status bar says. Pure. */
import { documents, notEmbedded, passages } from '../counts';
import type { FolderStatus } from '../protocol';
import type { Life } from '../server/server';
import type { Translate } from '../translate';

export interface StatusText {
  text: string;
  /** For screen readers, which do not see the icon. */
  label: string;
  tooltip: string[];
  isProblem: boolean;
}

/** `isFolderOpen` tells whether the window has a folder, of which a server that has just started says nothing yet. */
export function statusText(
  life: Life,
  reason: string,
  folders: FolderStatus[],
  t: Translate,
  isFolderOpen = false,
): StatusText {
  if (life !== 'running') return { ...withoutServer(life, t), tooltip: reason === '' ? [] : [reason] };
  if (folders.length === 0 && isFolderOpen) return { ...withoutServer('starting', t), tooltip: [] };
  const tooltip = folders.flatMap((folder) => folderLines(folder, t));
  const failed = folders.find((folder) => folder.state === 'failed');
  if (failed !== undefined) return said('warning', failed.message, true, tooltip);
  const building = folders.find((folder) => typeof folder.percentage === 'number');
  if (building !== undefined) {
    return said('sync~spin', t('{0} %', building.percentage ?? 0), false, tooltip, building.message);
  }
  const sum = folders.reduce((total, folder) => total + (folder.passages ?? 0), 0);
  const pending = folders.reduce((total, folder) => total + (folder.pending ?? 0), 0);
  const count = passages(sum, t);
  if (pending > 0) return said('circle-large-outline', t('{0}, incomplete', count), false, tooltip);
  if (folders.length === 0) return said('references', t('no folder'), false, [t('Open a folder to have it indexed.')]);
  return said('references', count, false, tooltip);
}

function said(icon: string, text: string, isProblem: boolean, tooltip: string[], more = ''): StatusText {
  const label = more === '' ? `seealso: ${text}` : `seealso: ${text}, ${more}`;
  return { text: `$(${icon}) seealso: ${text}`, label, tooltip, isProblem };
}

function withoutServer(life: Exclude<Life, 'running'>, t: Translate): Omit<StatusText, 'tooltip'> {
  switch (life) {
    case 'installing':
      return said('loading~spin', t('installing'), false, []);
    case 'starting':
      return said('loading~spin', t('starting'), false, []);
    case 'missing':
      return said('warning', t('no server'), true, []);
    case 'failed':
      return said('error', t('server failed'), true, []);
    case 'stopped':
      return said('circle-slash', t('stopped'), false, []);
  }
}

function folderLines(folder: FolderStatus, t: Translate): string[] {
  const lines = [`**${folder.name}**`];
  if (folder.documents !== undefined && folder.passages !== undefined) {
    lines.push(t('{0}, {1}', documents(folder.documents, t), passages(folder.passages, t)));
  }
  if (folder.message !== '') lines.push(folder.message);
  if (folder.pending) lines.push(notEmbedded(folder.pending, t));
  if (folder.errors) lines.push(t('Could not be read: {0}', folder.errors));
  if (folder.model) lines.push(t('Model: {0}', folder.model));
  return lines;
}
