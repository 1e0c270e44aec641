// A real VS Code workbench (code-server) in a headless Chromium, with a fresh profile and this project's extension in it.
//   TOOLS      folder with the npm packages code-server and playwright-core
//   VSIX       the extension
//   SEEALSO    folder of the server's program; it goes to the front of the writer's PATH
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';

const { TOOLS, VSIX, SEEALSO, CHROMIUM = '/usr/bin/chromium' } = process.env;
const { chromium } = createRequire(path.join(TOOLS, 'node_modules/'))('playwright-core');
const ENTRY = path.join(TOOLS, 'node_modules/code-server/out/node/entry.js');
const PIP_CONFIG = process.env.PIP_CONFIG_FILE ?? path.join(homedir(), '.config/pip/pip.conf');
const WAIT_MS = 15_000;

const QUIET = {
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'workbench.enableExperiments': false,
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'git.enabled': false,
  'npm.fetchOnlinePackageInfo': false,
  'typescript.disableAutomaticTypeAcquisition': true,
  'window.commandCenter': false,
  'editor.accessibilitySupport': 'off',
  'editor.hover.delay': 100,
  'editor.autoClosingBrackets': 'never',
  'editor.wordBasedSuggestions': 'off',
  'markdown.suggest.paths.enabled': false,
};

export class Workbench {
  /** Starts everything on a folder, or without one; `settings` are the user's. `onPath` tells whether the server is on
   * the PATH, `isAsking` whether folders are not trusted until somebody says so. */
  static async start(folder, settings = {}, { onPath = true, isAsking = false } = {}) {
    const workbench = new Workbench();
    try {
      await workbench.#start(folder, settings, onPath, isAsking);
    } catch (error) {
      await workbench.close();
      throw error;
    }
    return workbench;
  }

  run = mkdtempSync(path.join(tmpdir(), 'seealso-vscode-'));
  /** Requests to other machines, of which there should be none. */
  outside = new Set();
  #server;
  #context;
  #folder;
  #port;
  #configured = {};

  async #start(folder, settings, onPath, isAsking) {
    this.#folder = folder;
    for (const name of ['user/User', 'user/Machine', 'extensions', 'home', 'tmp']) {
      mkdirSync(`${this.run}/${name}`, { recursive: true });
    }
    writeFileSync(`${this.run}/config.toml`, '');
    // The PATH of the extension host is that of a login shell.
    if (onPath) writeFileSync(`${this.run}/home/.profile`, `export PATH="${SEEALSO}:$PATH"\n`);
    const users = { ...QUIET, 'security.workspace.trust.enabled': isAsking, ...settings };
    writeFileSync(`${this.run}/user/User/settings.json`, JSON.stringify(users, null, 2));
    const env = this.#environment();
    const base = ['--user-data-dir', `${this.run}/user`, '--extensions-dir', `${this.run}/extensions`];
    base.push('--config', `${this.run}/code-server.yaml`);
    const installed = spawnSync(process.execPath, [ENTRY, ...base, '--install-extension', VSIX], { env });
    if (installed.status !== 0) throw new Error(`The extension was not installed: ${installed.stderr}`);
    this.#port = await freePort();
    const address = ['--bind-addr', `127.0.0.1:${this.#port}`, '--auth', 'none'];
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
    if (!isAsking) quiet.push('--disable-workspace-trust');
    this.#server = spawn(process.execPath, [ENTRY, ...base, ...address, ...quiet], { env, stdio: 'ignore' });
    await until(async () => (await fetch(`http://127.0.0.1:${this.#port}/healthz`)).ok, 'code-server answers');
    this.#context = await chromium.launchPersistentContext(`${this.run}/chromium`, {
      executablePath: CHROMIUM,
      headless: true,
      viewport: { width: 1440, height: 900 },
      env,
      permissions: ['clipboard-read', 'clipboard-write'],
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost',
      ],
    });
    this.#context.on('request', (request) => {
      const { hostname, protocol, origin } = new URL(request.url());
      const isLocal = ['127.0.0.1', 'localhost'].includes(hostname) || /^(data|blob|chrome|vscode)/.test(protocol);
      if (!isLocal) this.outside.add(origin);
    });
  }

  #environment() {
    const env = { ...process.env };
    for (const name of Object.keys(env)) {
      if (/^(VSCODE_|PORT$|NODE_OPTIONS$|SEEALSO_)/.test(name)) delete env[name];
    }
    return {
      ...env,
      SHELL: '/bin/bash',
      // What this machine has for pip stays: the extension may install the server.
      ...(existsSync(PIP_CONFIG) ? { PIP_CONFIG_FILE: PIP_CONFIG } : {}),
      HOME: `${this.run}/home`,
      XDG_CONFIG_HOME: `${this.run}/home/.config`,
      XDG_DATA_HOME: `${this.run}/home/.local/share`,
      XDG_RUNTIME_DIR: `${this.run}/tmp`,
      TMPDIR: `${this.run}/tmp`,
      EXTENSIONS_GALLERY: '{}',
      SEEALSO_CACHE_DIR: `${this.run}/cache`,
      SEEALSO_CONFIG: `${this.run}/config.toml`,
    };
  }

  /** Changes settings while the window is open: those of this machine, whose file the workbench watches. */
  configure(settings) {
    Object.assign(this.#configured, settings);
    writeFileSync(`${this.run}/user/Machine/settings.json`, JSON.stringify(this.#configured, null, 2));
  }

  /** Opens a window on the folder, or an empty one. */
  async window() {
    const page = await this.#context.newPage();
    page.setDefaultTimeout(WAIT_MS);
    const folder = this.#folder === undefined ? 'ew=true' : `folder=${encodeURIComponent(this.#folder)}`;
    await page.goto(`http://127.0.0.1:${this.#port}/?${folder}`);
    await page.locator('.monaco-workbench').waitFor({ timeout: 2 * WAIT_MS });
    return page;
  }

  /** The processes of the language server, by number. */
  servers() {
    const { stdout } = spawnSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' });
    return stdout
      .split('\n')
      .filter((line) => line.includes(SEEALSO) && / lsp( |$)/.test(line))
      .map((line) => Number.parseInt(line, 10))
      .filter((pid) => this.#isOurs(pid));
  }

  #isOurs(pid) {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`SEEALSO_CACHE_DIR=${this.run}/cache`);
    } catch {
      return false; // it has gone
    }
  }

  async close() {
    await this.#context?.close().catch(() => undefined);
    if (this.#server !== undefined && this.#server.exitCode === null) {
      const gone = new Promise((resolve) => this.#server.once('exit', resolve));
      this.#server.kill('SIGTERM');
      await gone;
    }
    rmSync(this.run, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
  }
}

/** Waits until something holds; `what` says what it was when it never does. */
export async function until(holds, what, timeoutMs = WAIT_MS) {
  for (const end = Date.now() + timeoutMs; ; ) {
    const value = await Promise.resolve()
      .then(holds)
      .catch(() => false);
    if (value) return value;
    if (Date.now() > end) throw new Error(`Not in ${timeoutMs / 1000} s: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
