/** The server's life: found, started, asked, started again when it dies. What it says goes to whoever listens. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { FolderStatus } from '../protocol';
import type { Events } from './client';
import { Crashes } from './crashes';
import { findServer, SettingError } from './find';
import { installServer, NoPythonError } from './install';
import { onOtherInterpreter } from './python';
import { belongTogether } from './versions';

export type Life = 'installing' | 'starting' | 'running' | 'missing' | 'failed' | 'stopped';

const PYTHON_PAGE = 'https://www.python.org/downloads/';

export class Server implements vscode.Disposable {
  life: Life = 'starting';
  /** Why it does not run, in words, when it does not. */
  reason = '';
  version = '';
  folders: FolderStatus[] = [];
  readonly log: vscode.LogOutputChannel;

  private client: LanguageClient | undefined;
  private readonly crashes = new Crashes();
  private readonly lived = new vscode.EventEmitter<void>();
  private readonly told = new vscode.EventEmitter<void>();
  /** Its life has changed. */
  readonly onDidChangeLife = this.lived.event;
  /** It says something new about its folders. */
  readonly onDidChangeStatus = this.told.event;
  private readonly disposables: vscode.Disposable[];
  private interpreter: vscode.Disposable | undefined;
  private turn: Promise<void> = Promise.resolve();
  private isEnding = false;
  /** Since it was started last. */
  private hasCrashed = false;

  constructor(private readonly context: vscode.ExtensionContext) {
    this.log = vscode.window.createOutputChannel('seealso', { log: true });
    this.disposables = [
      this.log,
      this.lived,
      this.told,
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('seealso.path')) void this.restart();
      }),
      vscode.workspace.onDidGrantWorkspaceTrust(() => void this.restart()),
    ];
  }

  /** There is no server, and none is coming: what it said is not shown any more. */
  get isAway(): boolean {
    return this.life === 'missing' || this.life === 'failed' || this.life === 'installing';
  }

  /** Asks the server to perform one of its commands. */
  async execute<T>(command: string, argument: object = {}, token?: vscode.CancellationToken): Promise<T> {
    if (this.client?.isRunning() !== true) throw new Error(vscode.l10n.t('The seealso server is not running.'));
    const params = { command, arguments: [argument] };
    // An undefined token would be sent as one more argument.
    return token === undefined
      ? await this.client.sendRequest<T>('workspace/executeCommand', params)
      : await this.client.sendRequest<T>('workspace/executeCommand', params, token);
  }

  start(): Promise<void> {
    return this.inTurn(() => this.begin());
  }

  restart(): Promise<void> {
    this.isEnding = true;
    return this.inTurn(async () => {
      this.crashes.forget();
      await this.end();
      await this.begin();
    });
  }

  /** Installs the server for this extension, then starts it; says what went wrong. */
  async install(): Promise<void> {
    const { t } = vscode.l10n;
    const ran = this.life === 'running';
    try {
      await this.inTurn(async () => {
        await this.end();
        this.live('installing');
        await installServer(this.context, this.log);
      });
    } catch (error) {
      this.live('missing');
      if (ran) void this.start(); // what was there may be there still
      if (error instanceof vscode.CancellationError) return;
      if (error instanceof NoPythonError) {
        const get = t('Get Python');
        const message = t('seealso needs Python 3.11 or later (or uv), and found neither. Install it, then try again.');
        if ((await vscode.window.showErrorMessage(message, get)) === get) {
          await vscode.env.openExternal(vscode.Uri.parse(PYTHON_PAGE));
        }
      } else {
        await this.explain(t('The seealso server could not be installed: {0}', sentence(error)));
      }
      return;
    }
    await this.restart();
  }

  dispose(): void {
    this.interpreter?.dispose();
    for (const each of this.disposables) each.dispose();
  }

  /** Ends the server when the editor leaves. */
  end(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    this.folders = [];
    // One that never ran, or does not run any more, has nothing to end.
    return client?.dispose().catch(() => undefined) ?? Promise.resolve();
  }

  private async begin(): Promise<void> {
    const { t } = vscode.l10n;
    this.isEnding = this.hasCrashed = false;
    this.live('starting');
    try {
      const found = await findServer(this.context);
      // Not before: looking for the server has started the Python extension, where there is one.
      this.interpreter ??= onOtherInterpreter(() => void this.restart());
      if (found === undefined) {
        this.live('missing');
        void this.offerToInstall();
        return;
      }
      this.version = found.version;
      this.log.info(`${found.launch.command} ${found.launch.args.join(' ')} (${found.version})`);
      void this.checkVersion(found.version);
      // Most of the code, in a file of its own (see `build`): it does not hold up the activation.
      const { hasDied, makeClient } = await import('./client');
      const events = this.events();
      this.client = makeClient(found.launch, this.context.extension.packageJSON, this.log, events);
      await this.client.start().catch((error) => {
        if (!hasDied(error)) throw error;
        events.crashed();
      });
    } catch (error) {
      if (this.hasCrashed) return; // that is dealt with already
      this.live('failed', sentence(error));
      void this.explain(t('The seealso server does not start: {0}', sentence(error)), error instanceof SettingError);
    }
  }

  private events(): Events {
    let isOver = false;
    return {
      started: () => this.live('running'),
      starting: () => this.live('starting'),
      status: (folders) => {
        this.folders = folders;
        this.told.fire();
      },
      isEnding: () => this.isEnding,
      // The end of the connection, and a request that fails because of it, may both be heard.
      crashed: () => {
        if (!isOver) this.afterCrash();
        isOver = true;
      },
    };
  }

  private afterCrash(): void {
    this.folders = [];
    this.hasCrashed = true;
    if (this.crashes.restartAfter(Date.now())) {
      this.live('starting');
      void this.inTurn(() => this.end().then(() => this.begin()));
      return;
    }
    const message = vscode.l10n.t('The seealso server has crashed too often and is not started again.');
    this.live('failed', message);
    void this.explain(message);
  }

  private async checkVersion(version: string): Promise<void> {
    const own = String(this.context.extension.packageJSON.version);
    if (belongTogether(version, own)) return;
    const { t } = vscode.l10n;
    const install = t('Install Server');
    const message = t('The seealso server is version {0}; this extension ({1}) expects the same line.', version, own);
    if ((await vscode.window.showWarningMessage(message, install)) === install) await this.install();
  }

  private async offerToInstall(): Promise<void> {
    const { t } = vscode.l10n;
    const [install, settings] = [t('Install Server'), t('Open Settings')];
    const message = t('seealso needs its server, which was not found. It can be installed for this extension alone.');
    const choice = await vscode.window.showInformationMessage(message, install, settings);
    if (choice === install) await this.install();
    else if (choice === settings) await openPathSetting();
  }

  /** A warning: one of errors would stay until it is clicked away, also when the server runs again long since. */
  private async explain(message: string, isSetting = false): Promise<void> {
    const { t } = vscode.l10n;
    const [again, log, settings] = [t('Restart'), t('Show Log'), t('Open Settings')];
    const buttons = isSetting ? [settings, again, log] : [again, log, settings];
    const choice = await vscode.window.showWarningMessage(message, ...buttons);
    if (choice === again) await this.restart();
    else if (choice === log) this.log.show();
    else if (choice === settings) await openPathSetting();
  }

  private live(life: Life, reason = ''): void {
    this.life = life;
    this.reason = reason;
    void vscode.commands.executeCommand('setContext', 'seealso.life', life);
    this.lived.fire();
  }

  /** Starts and stops come one after the other, whoever wants them. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.turn.then(work);
    this.turn = done.catch(() => undefined);
    return done;
  }
}

function openPathSetting(): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', 'seealso.path');
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
