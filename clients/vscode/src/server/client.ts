/** Makes the language client for one way to start the server. */
import * as vscode from 'vscode';
import {
  type ErrorHandler,
  LanguageClient,
  type LanguageClientOptions,
  TransportKind,
} from 'vscode-languageclient/node';
import { OwnCapabilities } from './capabilities';
import { languages } from './languages';
import type { Launch } from './launch';
import { chosen, serverSettings } from './settings';

export interface Surroundings {
  manifest: { activationEvents: string[]; contributes: { configuration: { properties: object } } };
  log: vscode.LogOutputChannel;
  errorHandler: ErrorHandler;
}

export function makeClient(launch: Launch, { manifest, log, errorHandler }: Surroundings): LanguageClient {
  const names = serverSettings(manifest);
  const executable = { command: launch.command, args: [...launch.args, 'lsp'], transport: TransportKind.stdio };
  const options: LanguageClientOptions = {
    documentSelector: languages(manifest.activationEvents).flatMap((language) =>
      ['file', 'untitled'].map((scheme) => ({ scheme, language })),
    ),
    initializationOptions: () => chosen(names, undefined),
    outputChannel: log,
    traceOutputChannel: log,
    errorHandler,
    initializationFailedHandler: () => false,
    // Links to the places of this folder, and nothing else, open from a hover.
    markdown: { isTrusted: false, supportHtml: false },
    diagnosticPullOptions: { onChange: true, onTabs: false },
    middleware: {
      workspace: {
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
  return client;
}
