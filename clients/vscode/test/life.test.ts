import { expect, test, vi } from 'vitest';
import type { ExtensionContext } from 'vscode';
import type { Events } from '../src/server/client';
import { CRASHES } from '../src/server/crashes';
import { Server } from '../src/server/server';
import { EventEmitter, fake, reset, Uri } from './vscode';

const starts = vi.hoisted(() => ({ fail: [] as unknown[], count: 0, isHeardTwice: false }));
/** The Python extension, which is active only once it is asked for something. */
const python = vi.hoisted(() => ({ extension: undefined as { activate(): Promise<unknown> } | undefined }));
vi.mock('../src/server/find', () => ({
  SettingError: class extends Error {},
  findServer: async () => {
    await python.extension?.activate();
    return { launch: { command: 'seealso', args: [], origin: 'path' }, version: '0.1.0' };
  },
}));
vi.mock('../src/server/client', () => ({
  hasDied: ({ code }: { code?: number }) => code === -32099,
  makeClient: (_launch: unknown, _manifest: unknown, _log: unknown, events: Events) => ({
    start: async () => {
      starts.count += 1;
      if (starts.fail.length > 0) {
        if (starts.isHeardTwice) setTimeout(() => events.crashed());
        throw starts.fail.shift();
      }
      events.started();
    },
    dispose: async () => undefined,
  }),
}));

const context = {
  globalStorageUri: Uri.file('/nowhere'),
  extension: { packageJSON: { version: '0.1.0' } },
} as unknown as ExtensionContext;

const died = () => Object.assign(new Error('write EPIPE'), { code: -32099 });

async function started(fail: unknown[], isHeardTwice = false): Promise<Server> {
  reset();
  Object.assign(starts, { fail, count: 0, isHeardTwice });
  const server = new Server(context);
  await server.start();
  await vi.waitUntil(() => server.life !== 'starting');
  return server;
}

test('a server that dies on the way is started again, once for each death', async () => {
  const server = await started([died(), died()], true);
  expect([server.life, starts.count, fake.notices]).toEqual(['running', 3, []]);
});

test('one that always dies on the way is let go', async () => {
  const server = await started(Array.from({ length: CRASHES }, died));
  expect([server.life, starts.count]).toEqual(['failed', CRASHES]);
  expect(fake.notices[0]?.message).toMatch(/crashed too often/);
});

test('one that refuses says why', async () => {
  const server = await started([new Error('No such setting.')]);
  expect([server.life, server.reason, starts.count]).toEqual(['failed', 'No such setting.', 1]);
});

test('the server is looked for again when another interpreter is chosen, and not when it is the same', async () => {
  const changed = new EventEmitter<void>();
  let chosen = '/one/python';
  const environments = {
    getActiveEnvironmentPath: () => ({ path: chosen }),
    resolveEnvironment: async ({ path }: { path: string }) => ({ executable: { uri: Uri.file(path) } }),
    onDidChangeActiveEnvironmentPath: changed.event,
  };
  const extension = { isActive: false, exports: { environments }, activate: async () => extension.exports };
  python.extension = { activate: async () => Object.assign(extension, { isActive: true }) };
  reset();
  fake.extensions.set('ms-python.python', extension);
  Object.assign(starts, { fail: [], count: 0 });
  const server = new Server(context);
  await server.start();
  changed.fire();
  await new Promise((resolve) => setTimeout(resolve));
  expect(starts.count).toBe(1);
  chosen = '/other/python';
  changed.fire();
  await vi.waitUntil(() => starts.count === 2);
  server.dispose();
});
