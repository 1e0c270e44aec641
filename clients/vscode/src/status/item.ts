/** The item in the status bar, and the menu behind it. */
import * as vscode from 'vscode';
import type { Server } from '../server/server';
import { statusText } from './text';

export function addStatus(server: Server): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('seealso.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'seealso';
  item.command = 'seealso.menu';
  const show = () => {
    const isFolderOpen = vscode.workspace.workspaceFolders?.some(({ uri }) => uri.scheme === 'file') ?? false;
    const status = statusText(server.life, server.reason, server.folders, vscode.l10n.t, isFolderOpen);
    item.text = status.text;
    item.tooltip = new vscode.MarkdownString(status.tooltip.join('\n\n'));
    item.accessibilityInformation = { label: status.label, role: 'button' };
    item.backgroundColor = status.isProblem ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
  };
  show();
  item.show();
  const menu = vscode.commands.registerCommand('seealso.menu', () => showMenu(server));
  return vscode.Disposable.from(item, menu, server.onDidChangeLife(show), server.onDidChangeStatus(show));
}

interface Entry extends vscode.QuickPickItem {
  command?: string;
  argument?: unknown;
}

async function showMenu(server: Server): Promise<void> {
  const { t } = vscode.l10n;
  const asked: Entry[] = [
    { label: `$(search) ${t('Search by Meaning...')}`, command: 'seealso.searchByMeaning' },
    { label: `$(references) ${t('Show What Is Related')}`, command: 'seealso.focusRelated' },
    { label: `$(copy) ${t('Show Duplicates')}`, command: 'seealso.duplicates.focus' },
    { label: `$(database) ${t('Show the Index')}`, command: 'seealso.index.focus' },
  ];
  const isBuilding = server.folders.some((folder) => typeof folder.percentage === 'number');
  const index: Entry[] = isBuilding
    ? [{ label: `$(stop-circle) ${t('Stop Indexing')}`, command: 'seealso.stop' }]
    : [
        { label: `$(refresh) ${t('Update the Index')}`, command: 'seealso.update' },
        { label: `$(tools) ${t('Rebuild the Index')}`, command: 'seealso.rebuild' },
      ];
  const own: Entry[] = [
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    { label: `$(sync) ${t('Restart the Server')}`, command: 'seealso.restart' },
    { label: `$(output) ${t('Show Log')}`, command: 'seealso.showLog' },
    {
      label: `$(gear) ${t('Open Settings')}`,
      command: 'workbench.action.openSettings',
      argument: '@ext:seealso.seealso',
    },
  ];
  const install: Entry[] = [{ label: `$(cloud-download) ${t('Install Server')}`, command: 'seealso.install' }];
  const entries = server.life === 'running' ? [...asked, ...index, ...own] : [...install, ...own];
  const choice = await vscode.window.showQuickPick(entries, { title: `seealso ${server.version}` });
  if (choice?.command !== undefined) await vscode.commands.executeCommand(choice.command, choice.argument);
}
