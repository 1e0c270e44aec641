/** The extension: puts the parts together and starts the server, without waiting for it. */
import type { ExtensionContext } from 'vscode';
import { addCommands } from './commands';
import { DuplicatesView } from './duplicates/view';
import { IndexView } from './index/view';
import { RelatedView } from './related/view';
import { addSearch } from './search/search';
import { Server } from './server/server';
import { addStatus } from './status/item';

let server: Server | undefined;

export function activate(context: ExtensionContext): void {
  server = new Server(context);
  const related = new RelatedView(server, context.extension.packageJSON);
  context.subscriptions.push(
    server,
    related,
    new DuplicatesView(server),
    new IndexView(server),
    addStatus(server),
    addSearch(server),
    addCommands(server, related),
  );
  void server.start();
}

export async function deactivate(): Promise<void> {
  await server?.end();
}
