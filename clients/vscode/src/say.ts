/** What a view says beside its rows. */
import type { TreeView } from 'vscode';

/** Says it, when the view does not say so already: each time costs the rows that change soon after 200 ms. */
export function say(view: TreeView<unknown>, message: string | undefined, description: string | undefined): void {
  if (view.message !== message) view.message = message;
  if (view.description !== description) view.description = description;
}
