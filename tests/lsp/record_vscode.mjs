// Somebody writes in VS Code (code-server in a headless Chromium) while `record.py` listens:
//   FOLDER=... SESSION=... PYTHON=... TOOLS=... node tests/lsp/record_vscode.mjs
// FOLDER holds the documents of `lsp.conftest.FILES`; PYTHON has seealso installed; TOOLS is a folder with the npm
// packages code-server, playwright-core and vscode-languageclient. Ends with 1 when the editor did not get what it
// asked for.
import { spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const { FOLDER, SESSION, PYTHON, TOOLS } = process.env;
const PORT = Number(process.env.PORT ?? 18090);
const { chromium } = createRequire(path.join(TOOLS, 'node_modules/'))('playwright-core');
const recorder = path.join(path.dirname(fileURLToPath(import.meta.url)), 'record.py');
const run = mkdtempSync(path.join(tmpdir(), 'record-vscode-'));
const userData = `${run}/user-data`;
const extension = `${run}/extensions/seealso.recorded-0.0.1`;

for (const folder of [`${userData}/User`, extension, `${run}/home`, `${run}/tmp`]) mkdirSync(folder, { recursive: true });
writeFileSync(
  `${extension}/package.json`,
  JSON.stringify({
    name: 'recorded',
    publisher: 'seealso',
    version: '0.0.1',
    engines: { vscode: '^1.91.0' },
    main: './extension.js',
    activationEvents: ['onStartupFinished'],
    contributes: { commands: [{ command: 'recorded.leave', title: 'Recorded: Leave the Server' }] },
  }),
);
writeFileSync(
  `${extension}/extension.js`,
  `const { commands } = require('vscode');
const { LanguageClient } = require('vscode-languageclient/node');
const command = ${JSON.stringify(PYTHON)};
const args = ${JSON.stringify([recorder, SESSION, FOLDER, PYTHON, '-m', 'seealso', 'lsp'])};
let client;
exports.activate = () => {
  const languages = ['markdown', 'restructuredtext', 'plaintext'];
  client = new LanguageClient('seealso', 'seealso', { command, args }, {
    documentSelector: languages.map((language) => ({ scheme: 'file', language })),
  });
  commands.registerCommand('recorded.leave', () => client.stop());
  return client.start();
};
`,
);
cpSync(path.join(TOOLS, 'language-client/node_modules'), `${extension}/node_modules`, { recursive: true });
writeFileSync(
  `${userData}/User/settings.json`,
  JSON.stringify({
    'telemetry.telemetryLevel': 'off',
    'workbench.startupEditor': 'none',
    'chat.disableAIFeatures': true,
    'security.workspace.trust.enabled': false,
    'editor.hover.delay': 100,
    'editor.accessibilitySupport': 'off',
    'editor.autoClosingBrackets': 'never',
    'git.enabled': false,
    'markdown.suggest.paths.enabled': false,
  }),
);

const env = { ...process.env, HOME: `${run}/home`, TMPDIR: `${run}/tmp`, XDG_RUNTIME_DIR: `${run}/tmp`, EXTENSIONS_GALLERY: '{}' };
for (const key of Object.keys(env)) if (key.startsWith('VSCODE_') || key === 'PORT' || key === 'NODE_OPTIONS') delete env[key];
const server = spawn(
  process.execPath,
  [`${TOOLS}/node_modules/code-server/out/node/entry.js`, '--user-data-dir', userData, '--extensions-dir', `${run}/extensions`,
    '--config', `${run}/config.yaml`, '--bind-addr', `127.0.0.1:${PORT}`, '--auth', 'none', '--disable-telemetry',
    '--disable-update-check', '--disable-workspace-trust', '--disable-getting-started-override', FOLDER],
  { env, stdio: ['ignore', 'ignore', 'inherit'] },
);

async function up() {
  for (let tries = 0; tries < 200; tries++) {
    const answer = await fetch(`http://127.0.0.1:${PORT}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('code-server does not answer');
}

async function write(page) {
  const editor = page.locator('.monaco-editor .view-lines').first();
  const open = async (name, text) => {
    await page.keyboard.press('Control+p');
    await page.locator('.quick-input-widget input').first().fill(name);
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().click();
    await editor.filter({ hasText: text }).waitFor();
  };
  const command = async (title) => {
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget input').first().fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first().click();
  };
  const said = async (method) => {
    for (let tries = 0; !readFileSync(SESSION, 'utf8').includes(`"method": "${method}"`); tries++) {
      if (tries > 100) throw new Error(`the editor does not say ${method}`);
      await page.waitForTimeout(100);
    }
  };
  await open('again.md', 'The orchestra');
  // Its paragraph stands elsewhere.
  await page.locator('.squiggly-info').first().waitFor();
  const text = page.locator('.view-line').filter({ hasText: 'The orchestra' }).first();
  const { x, y } = await text.locator('span').first().boundingBox();
  await page.mouse.move(x + 20, y + 4);
  await page.mouse.move(x + 60, y + 9, { steps: 4 });
  await page.locator('.monaco-hover').filter({ hasText: 'Written before' }).first().waitFor();
  await page.mouse.move(700, 500);

  await open('draft.md', 'Now stop');
  await page.locator('.view-line').filter({ hasText: 'Now stop' }).first().click();
  await page.keyboard.press('End');
  await page.keyboard.type(' Copy the data folder 😀 first, and see the [', { delay: 20 });
  await page.keyboard.type('rest', { delay: 150 });
  const suggestion = page.locator('.suggest-widget .monaco-list-row').filter({ hasText: 'Restoring' }).first();
  await suggestion.waitFor();
  await suggestion.click();
  await page.locator('.view-line').filter({ hasText: 'restore.md' }).first().waitFor();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+s');
  await said('textDocument/didSave');
  await command('View: Close All Editors');
  await said('textDocument/didClose');
  await command('Recorded: Leave the Server');
  await said('exit');
}

let status = 1;
try {
  await up();
  const context = await chromium.launchPersistentContext(`${run}/chrome`, {
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    env,
    viewport: { width: 1280, height: 800 },
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking',
      '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1'],
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(30000);
  try {
    await page.goto(`http://127.0.0.1:${PORT}/?folder=${encodeURIComponent(FOLDER)}`);
    await page.locator('.monaco-workbench').waitFor({ timeout: 60000 });
    await write(page);
    status = 0;
  } catch (error) {
    console.error(error);
    await page.screenshot({ path: `${SESSION}.png` });
  }
  await context.close();
} finally {
  server.kill('SIGTERM');
  await new Promise((resolve) => server.once('exit', resolve));
  rmSync(run, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
}
process.exit(status);
