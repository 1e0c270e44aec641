/** Commands that somebody has asked for, and that say it when they fail. */
import * as vscode from 'vscode';

/** Says what went wrong to whoever has asked for it. */
export function asked<A extends unknown[]>(work: (...args: A) => Promise<unknown>): (...args: A) => Promise<void> {
  return async (...args) => {
    try {
      await work(...args);
    } catch (error) {
      void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
    }
  };
}

/** The row that a command is about; throws when there is none. */
export function chosen<T>(row: T | undefined): T {
  // A key may call the command as well. And while a tree is made anew, the editor does not know what was clicked:
  // https://github.com/microsoft/vscode/issues/144250
  if (row === undefined)
    throw new Error(vscode.l10n.t('Choose a passage in the view; its rows may just have changed.'));
  return row;
}
