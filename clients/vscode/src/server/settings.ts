/** What the server is told of the settings: what somebody has set. Defaults are the server's own affair, so that its
 * own files of settings are not overruled by values that nobody has chosen. */
import * as vscode from 'vscode';

const SECTION = 'seealso';
/** Settings that are about this extension alone. */
const OURS = new Set(['path', 'trace.server']);

/** Tells whether a setting is on; what depends on it follows when the server is started again. */
export function isOn(name: string): boolean {
  return vscode.workspace.getConfiguration(SECTION).get(name) === true;
}

/** Returns the names of the server's settings, without the section. */
export function serverSettings(manifest: { contributes: { configuration: { properties: object } } }): string[] {
  const names = Object.keys(manifest.contributes.configuration.properties);
  return names.map((name) => name.slice(SECTION.length + 1)).filter((name) => !OURS.has(name));
}

/** Returns what is set for a folder, nested by section, as the server reads it. */
export function chosen(names: string[], scope: vscode.Uri | undefined): Record<string, Record<string, unknown>> {
  const configuration = vscode.workspace.getConfiguration(SECTION, scope);
  const result: Record<string, Record<string, unknown>> = {};
  for (const name of names) {
    const levels = configuration.inspect(name);
    const isSet = [levels?.globalValue, levels?.workspaceValue, levels?.workspaceFolderValue].some(
      (value) => value !== undefined,
    );
    if (!isSet) continue;
    const [section, key] = name.split('.') as [string, string];
    result[section] ??= {};
    // Not a level's own value: what an untrusted folder says may not count.
    result[section][key] = configuration.get(name);
  }
  return result;
}
