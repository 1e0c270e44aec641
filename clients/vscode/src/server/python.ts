/** The interpreter chosen in the Python extension, when there is that extension. */
import * as vscode from 'vscode';

const PATIENCE_MS = 5_000;

interface PythonApi {
  environments: {
    getActiveEnvironmentPath(resource?: vscode.Uri): { path: string };
    resolveEnvironment(environment: { path: string }): Promise<{ executable: { uri?: vscode.Uri } } | undefined>;
    onDidChangeActiveEnvironmentPath: vscode.Event<unknown>;
  };
}

export async function chosenInterpreter(): Promise<string | undefined> {
  const api = await pythonApi();
  if (api === undefined) return undefined;
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const resolved = await api.environments.resolveEnvironment(api.environments.getActiveEnvironmentPath(folder));
  return resolved?.executable.uri?.fsPath;
}

/** Calls back when another interpreter is chosen. Does not start the Python extension for that. */
export function onOtherInterpreter(callback: () => void): vscode.Disposable {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  const api = extension?.isActive ? extension.exports : undefined;
  return api?.environments?.onDidChangeActiveEnvironmentPath(callback) ?? new vscode.Disposable(() => undefined);
}

async function pythonApi(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (extension === undefined) return undefined;
  const activated: Promise<PythonApi | undefined> = Promise.resolve(extension.activate()).catch(() => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  const api = await Promise.race([activated, late]);
  return api?.environments === undefined ? undefined : api;
}
