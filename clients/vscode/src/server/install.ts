/** Installs the server into a virtual environment that belongs to this extension. */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { pythonIn } from './launch';
import { levelOf } from './levels';
import { run } from './run';
import { requirementFor } from './versions';

const PYTHONS: [string, string[]][] = [
  ['python3', []],
  ['python', []],
  ['py', ['-3']],
];
const OLD_ENOUGH = 'import sys; assert sys.version_info >= (3, 11)';
const ENVIRONMENT = 'server';

export class NoPythonError extends Error {}

export function environmentFolder(context: vscode.ExtensionContext): string {
  return join(context.globalStorageUri.fsPath, ENVIRONMENT);
}

/** Installs the server, with progress; rejects with `NoPythonError` when there is neither uv nor a Python 3.11. */
export async function installServer(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): Promise<void> {
  const { t } = vscode.l10n;
  await vscode.workspace.fs.createDirectory(context.globalStorageUri);
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: t('seealso: installing the server'),
    cancellable: true,
  };
  await vscode.window.withProgress(options, async (progress, token) => {
    const stopped = new AbortController();
    token.onCancellationRequested(() => stopped.abort());
    const step = (message: string, command: string, args: string[]) => {
      progress.report({ message });
      log.info([command, ...args].join(' '));
      return run(command, args, { signal: stopped.signal, onLine: (line) => log[levelOf(line)](line) });
    };
    const folder = environmentFolder(context);
    const python = pythonIn(folder, process.platform);
    const what = carriedWheel(context) ?? requirementFor(String(context.extension.packageJSON.version));
    rmSync(folder, { recursive: true, force: true });
    try {
      if (await answers('uv', ['--version'])) {
        await step(t('making an environment (uv)'), 'uv', ['venv', '--python', '>=3.11', folder]);
        await step(t('fetching the packages it needs'), 'uv', ['pip', 'install', '--python', python, what]);
      } else {
        const [command, args] = await findPython();
        await step(t('making an environment'), command, [...args, '-m', 'venv', folder]);
        const pip = ['-m', 'pip', 'install', '--disable-pip-version-check', what];
        await step(t('fetching the packages it needs'), python, pip);
      }
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw token.isCancellationRequested ? new vscode.CancellationError() : error;
    }
  });
}

async function findPython(): Promise<[string, string[]]> {
  for (const [command, args] of PYTHONS) {
    if (await answers(command, [...args, '-c', OLD_ENOUGH])) return [command, args];
  }
  throw new NoPythonError();
}

function answers(command: string, args: string[]): Promise<boolean> {
  return run(command, args, { timeoutMs: 20_000 }).then(
    () => true,
    () => false,
  );
}

/** The wheel inside this extension, in the package that carries one. */
function carriedWheel(context: vscode.ExtensionContext): string | undefined {
  const folder = context.asAbsolutePath('wheel');
  try {
    const name = readdirSync(folder).find((each) => each.endsWith('.whl'));
    return name === undefined ? undefined : join(folder, name);
  } catch {
    return undefined;
  }
}
