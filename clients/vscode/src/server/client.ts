/** Makes the language client for one way to start the server. */
import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  ErrorCodes,
  LanguageClient,
  type LanguageClientOptions,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import type { FolderStatus } from '../protocol';
import { symbolName } from '../search/items';
import { OwnCapabilities } from './capabilities';
import { type Languages, languages, SCHEMES } from './languages';
import type { Launch } from './launch';
import { chosen, isOn, serverSettings } from './settings';

export interface Manifest extends Languages {
  contributes: { configuration: { properties: object } };
}

/** What happens to the server. */
export interface Events {
  starting(): void;
  started(): void;
  status(folders: FolderStatus[]): void;
  crashed(): void;
  /** Tells whether nothing should be said to the server any more. */
  isEnding(): boolean;
}

/** Tells whether a server that did not start has died on the way; otherwise it has answered, and said why. */
export function hasDied(error: { code?: unknown }): boolean {
  const { PendingResponseRejected, ConnectionInactive, MessageWriteError } = ErrorCodes;
  return [PendingResponseRejected, ConnectionInactive, MessageWriteError].some((code) => code === error.code);
}

export function makeClient(
  launch: Launch,
  manifest: Manifest,
  log: vscode.LogOutputChannel,
  events: Events,
): LanguageClient {
  const names = serverSettings(manifest);
  const executable = { command: launch.command, args: [...launch.args, 'lsp'], transport: TransportKind.stdio };
  const options: LanguageClientOptions = {
    documentSelector: languages(manifest, isOn).flatMap((language) => SCHEMES.map((scheme) => ({ scheme, language }))),
    initializationOptions: () => chosen(names, undefined),
    outputChannel: log,
    traceOutputChannel: log,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      // A client of its own comes after a crash: one that crashed while it started cannot be used again.
      closed: () => {
        events.crashed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    initializationFailedHandler: () => false,
    // Links to the places of this folder, and nothing else, open from a hover.
    markdown: { isTrusted: false, supportHtml: false },
    diagnosticPullOptions: { onChange: true, onTabs: false },
    middleware: {
      provideWorkspaceSymbols: async (query, token, next) => {
        const found = await next(query, token);
        for (const symbol of found ?? []) symbol.name = symbolName(symbol.name, query);
        return found;
      },
      workspace: {
        // Not to a server that is ended because of the change.
        didChangeConfiguration: (sections, next) => (events.isEnding() ? Promise.resolve() : next(sections)),
        configuration: ({ items }) =>
          items.map(({ section, scopeUri }) =>
            section === 'seealso'
              ? chosen(names, scopeUri === undefined ? undefined : vscode.Uri.parse(scopeUri))
              : null,
          ),
      },
    },
  };
  const client = new LanguageClient('seealso', 'seealso', { run: executable, debug: executable }, options);
  client.registerFeature(new OwnCapabilities());
  client.onNotification('seealso/status', ({ folders }: { folders: FolderStatus[] }) => events.status(folders));
  client.onDidChangeState(({ newState }) => {
    if (newState === State.Running) events.started();
    else if (newState === State.Starting) events.starting();
  });
  return client;
}
