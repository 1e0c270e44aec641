/** Finds the server: the setting, the chosen Python, the PATH, our own environment; the first that answers. */
import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { environmentFolder } from './install';
import { expanded, type Launch, launchOf, onPath, pythonIn } from './launch';
import { probe } from './probe';
import { chosenInterpreter } from './python';

export interface Found {
  launch: Launch;
  version: string;
}

/** The setting names something that is no server. */
export class SettingError extends Error {}

/** Rejects with `SettingError` when the setting names no server; nothing else is taken in its place. */
export async function findServer(context: vscode.ExtensionContext): Promise<Found | undefined> {
  const named = vscode.workspace.getConfiguration('seealso').get<string>('path', '').trim();
  if (named !== '') {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
    const launch = launchOf(expanded(named, folder), 'setting');
    const version = await probe(launch).catch((error: NodeJS.ErrnoException) => {
      const { t } = vscode.l10n;
      const reason = error.code === 'ENOENT' ? t('there is no such program') : error.message;
      throw new SettingError(t('`seealso.path` names {0}, which starts no server ({1}).', named, reason));
    });
    return { launch, version };
  }
  for await (const launch of candidates(context)) {
    const version = await probe(launch).catch(() => undefined);
    if (version !== undefined) return { launch, version };
  }
  return undefined;
}

async function* candidates(context: vscode.ExtensionContext): AsyncGenerator<Launch> {
  // The interpreter may be a file of the folder that is open: only where its owner trusts that.
  const interpreter = vscode.workspace.isTrusted ? await chosenInterpreter() : undefined;
  if (interpreter !== undefined) yield launchOf(interpreter, 'interpreter');
  const program = onPath('seealso', process.env, process.platform).find(existsSync);
  if (program !== undefined) yield launchOf(program, 'path');
  const own = pythonIn(environmentFolder(context), process.platform);
  if (existsSync(own)) yield launchOf(own, 'environment');
}
