import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CRASHES, Crashes, WITHIN_MS } from '../src/server/crashes';
import { expanded, launchOf, onPath, pythonIn } from '../src/server/launch';
import { levelOf } from '../src/server/levels';
import { probe } from '../src/server/probe';
import { run } from '../src/server/run';
import { belongTogether, requirementFor, versionIn } from '../src/server/versions';

const folder = mkdtempSync(join(tmpdir(), 'seealso-'));
afterAll(() => rmSync(folder, { recursive: true }));

function program(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test.each([
  ['/usr/bin/seealso', []],
  ['/venv/bin/python3.12', ['-m', 'seealso']],
  ['/venv/bin/python', ['-m', 'seealso']],
  ['/opt/python-tools/seealso', []],
])('%s is started with %o', (command, args) => {
  expect(launchOf(command, 'setting')).toEqual({ command, args, origin: 'setting' });
});

test('the setting may name the home folder and the workspace', () => {
  expect(expanded('~/venv/bin/seealso', undefined)).toBe(join(homedir(), 'venv/bin/seealso'));
  expect(expanded('${workspaceFolder}/.venv/bin/python', '/docs')).toBe('/docs/.venv/bin/python');
});

test('only absolute folders of the PATH are looked into', () => {
  expect(onPath('seealso', { PATH: '.:bin:/usr/bin:' }, 'linux')).toEqual(['/usr/bin/seealso']);
});

test('the Python of an environment', () => {
  expect(pythonIn('/venv', 'linux')).toBe('/venv/bin/python');
});

test('a program that answers with its version is a server', async () => {
  const good = launchOf(program('seealso', 'echo seealso 0.1.4'), 'path');
  expect(await probe(good)).toBe('0.1.4');
  const other = launchOf(program('other', 'echo hello'), 'path');
  await expect(probe(other)).rejects.toThrow('says: hello');
  const broken = launchOf(
    program('python', 'echo "Traceback" >&2; echo "No module named seealso" >&2; exit 1'),
    'path',
  );
  await expect(probe(broken)).rejects.toThrow('No module named seealso');
  await expect(probe(launchOf(join(folder, 'missing'), 'path'))).rejects.toThrow('ENOENT');
});

test.each([
  ['0.1.0', '0.1.9', true],
  ['0.1.0', '0.2.0', false],
  ['1.0.0', '1.7.2', true],
  ['1.9.0', '2.0.0', false],
])('server %s and extension %s belong together: %s', (server, extension, expected) => {
  expect(belongTogether(server, extension)).toBe(expected);
});

test('versions are read, and asked for', () => {
  expect(versionIn('seealso 0.1.0\n')).toBe('0.1.0');
  expect(versionIn('Python 3.11.7')).toBeUndefined();
  expect(requirementFor('0.1.3')).toBe('seealso~=0.1.0');
  expect(requirementFor('2.4.0')).toBe('seealso~=2.0');
});

test('a server that crashes again and again is let go, one that crashes now and then is not', () => {
  const quick = new Crashes();
  const answers = Array.from({ length: CRASHES }, (_, at) => quick.restartAfter(at));
  expect(answers).toEqual([...Array(CRASHES - 1).fill(true), false]);
  const slow = new Crashes();
  for (let at = 0; at < 20; at++) expect(slow.restartAfter((at * WITHIN_MS) / 2)).toBe(true);
});

test('what a program says is heard by the line, also what it says badly', async () => {
  const lines: string[] = [];
  await run(program('says', 'printf "one\\ntw"; echo o; echo three >&2'), [], { onLine: (line) => lines.push(line) });
  expect(lines.sort()).toEqual(['one', 'three', 'two']);
});

test.each([
  ['ERROR: No matching distribution found for seealso~=0.1.0', 'error'],
  ['error: Failed to fetch', 'error'],
  ['  × No solution found when resolving dependencies:', 'error'],
  ['WARNING: Retrying after connection broken', 'warn'],
  ['Collecting error-handler', 'info'],
])('%s: %s', (line, level) => {
  expect(levelOf(line)).toBe(level);
});
