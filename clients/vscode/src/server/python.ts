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

/** Calls back when another interpreter is chosen. Undefined while the Python extension, if there is one, is not active. */
export function onOtherInterpreter(callback: () => void): vscode.Disposable | undefined {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  const environments = extension?.isActive ? extension.exports?.environments : undefined;
  if (environments === undefined) return undefined;
  let known = chosenInterpreter().catch(() => undefined);
  return environments.onDidChangeActiveEnvironmentPath(async () => {
    // It tells of the same one as well, while it looks for interpreters.
    const before = known;
    known = chosenInterpreter().catch(() => undefined);
    if ((await known) !== (await before)) callback();
  });
}

async function pythonApi(): Promise<PythonApi | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>('ms-python.python');
  if (extension === undefined) return undefined;
  const activated: Promise<PythonApi | undefined> = Promise.resolve(extension.activate()).catch(() => undefined);
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE_MS, undefined));
  const api = await Promise.race([activated, late]);
  return api?.environments === undefined ? undefined : api;
}
