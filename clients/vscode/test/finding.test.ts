import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ExtensionContext } from 'vscode';
import { findServer } from '../src/server/find';
import { Server } from '../src/server/server';
import { EventEmitter, fake, reset, Uri, workspace } from './vscode';

const folder = mkdtempSync(join(tmpdir(), 'seealso-'));
afterAll(() => rmSync(folder, { recursive: true }));

const context = {
  globalStorageUri: Uri.file(join(folder, 'storage')),
  extension: { packageJSON: { version: '0.1.0' } },
} as unknown as ExtensionContext;

beforeEach(reset);
afterEach(() => vi.unstubAllEnvs());

/** The Python extension, with an interpreter chosen in it. */
function choose(interpreter: string | undefined, activate?: () => Promise<unknown>) {
  const uri = interpreter === undefined ? undefined : Uri.file(interpreter);
  const environments = {
    getActiveEnvironmentPath: () => ({ path: 'chosen' }),
    resolveEnvironment: async ({ path }: { path: string }) => (path === 'chosen' ? { executable: { uri } } : undefined),
    onDidChangeActiveEnvironmentPath: new EventEmitter<void>().event,
  };
  const exports = { environments };
  fake.extensions.set('ms-python.python', { isActive: true, exports, activate: activate ?? (async () => exports) });
}

function python(): string {
  const path = join(folder, 'python3');
  writeFileSync(path, '#!/bin/sh\necho seealso 0.1.0\n');
  chmodSync(path, 0o755);
  return path;
}

test('the interpreter chosen in the Python extension has the server', async () => {
  choose(python());
  expect(await findServer(context)).toEqual({
    launch: { command: python(), args: ['-m', 'seealso'], origin: 'interpreter' },
    version: '0.1.0',
  });
});

test.each<[string, () => void]>([
  ['is in a folder that is not trusted', () => (workspace.isTrusted = false)],
  ['cannot be run', () => choose(join(folder, 'gone'))],
  ['is not known', () => choose(undefined)],
  ['cannot be asked for', () => choose(python(), () => Promise.reject(new Error('broken')))],
])('an interpreter that %s is left alone', async (_, arrange) => {
  vi.stubEnv('PATH', '');
  choose(python());
  arrange();
  expect(await findServer(context)).toBeUndefined();
});

test('a wrong path is said with the settings at hand, in a notice that goes by itself', async () => {
  fake.settings.path = '/nowhere/seealso';
  const server = new Server(context);
  await server.start();
  expect(server.life).toBe('failed');
  expect(fake.notices).toMatchObject([{ level: 'warning', buttons: ['Open Settings', 'Restart', 'Show Log'] }]);
  expect(fake.notices[0]?.message).toContain('/nowhere/seealso, which starts no server (there is no such program)');
});
