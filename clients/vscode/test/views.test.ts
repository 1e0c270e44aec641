import { beforeEach, expect, test, vi } from 'vitest';
import { DuplicatesView } from '../src/duplicates/view';
import { IndexView } from '../src/index/view';
import type { DuplicateGroup, Match, Place, Related } from '../src/protocol';
import { RelatedView } from '../src/related/view';
import type { Server } from '../src/server/server';
import { EventEmitter, fake, reset, workspace } from './vscode';

const MANIFEST = { activationEvents: ['onLanguage:markdown'], optionalLanguages: {} };

beforeEach(() => {
  reset();
  vi.useFakeTimers();
  fake.editor = { uri: 'file:///docs/here.md', languageId: 'markdown' };
});

function place(path: string, text = path): Place {
  return { path, line: 1, end_line: 1, heading: path, text, uri: `file:///docs/${path}` };
}

function match(path: string, score = 0.5): Match {
  const rest = { score, relation: null, same_document: false, linked: false, closeness: 'close' };
  return { ...place(path), ...rest };
}

function related(passage: Place, ...matches: Match[]): Related {
  return { passage, duplicates: [], matches, complete: true };
}

/** A server that answers each question with the first of these, the last one for good. */
function server(...answers: unknown[]) {
  const status = new EventEmitter<void>();
  const execute = vi.fn(async (..._: unknown[]) => (answers.length > 1 ? answers.shift() : answers[0]));
  const folders = [{ uri: 'file:///docs', name: 'docs', state: 'ready', message: '' }];
  const life = { life: 'running', isAway: false, onDidChangeLife: new EventEmitter<void>().event };
  return {
    status,
    execute,
    server: { ...life, execute, folders, onDidChangeStatus: status.event } as unknown as Server,
  };
}

test('rows come before words, which would hold them up', async () => {
  const { server: one } = server(related(place('here.md'), match('a.md')));
  const view = new RelatedView(one, MANIFEST);
  const { told } = fake.views.get('seealso.related') ?? {};
  view.onDidChangeTreeData(() => told?.push('rows'));
  await vi.runAllTimersAsync();
  expect(told).toEqual(['rows', 'description: here.md']);
});

test('rows that look the same stay while one types', async () => {
  const { server: one, status } = server(
    related(place('here.md', 'Stop'), match('a.md', 0.5)),
    related(place('here.md', 'Stop the service'), match('a.md', 0.6)),
    related(place('here.md', 'Stop the service'), match('b.md', 0.7)),
  );
  const view = new RelatedView(one, MANIFEST);
  const rows = vi.fn();
  view.onDidChangeTreeData(rows);
  await vi.runAllTimersAsync();
  const [row] = view.getChildren();
  status.fire();
  await vi.runAllTimersAsync();
  expect(rows).toHaveBeenCalledTimes(1);
  expect(view.getChildren()[0]).toBe(row);
  expect(view.passage?.text).toBe('Stop the service');
  status.fire();
  await vi.runAllTimersAsync();
  expect(rows).toHaveBeenCalledTimes(2);
});

test('it follows the cursor, once it rests', async () => {
  const { server: one, execute } = server(
    related(place('here.md', 'Stop'), match('a.md')),
    related(place('here.md', 'Start'), match('b.md')),
  );
  const view = new RelatedView(one, MANIFEST);
  await vi.runAllTimersAsync();
  for (const line of [5, 6, 7]) {
    fake.editor = { uri: 'file:///docs/here.md', languageId: 'markdown', line };
    fake.moved.fire();
  }
  expect(execute).toHaveBeenCalledTimes(1);
  await vi.runAllTimersAsync();
  expect(execute.mock.calls.map((call) => call[1])).toMatchObject([
    { position: { line: 2 } },
    { position: { line: 7 } },
  ]);
  expect(view.getChildren()).toMatchObject([{ path: 'b.md' }]);
});

const group: DuplicateGroup = { kind: 'exact', score: 1, boilerplate: false, places: [place('a.md'), place('b.md')] };

async function duplicates(...groups: DuplicateGroup[]) {
  const { server: one, status } = server({ groups });
  const view = new DuplicatesView(one);
  const rows = vi.fn();
  view.onDidChangeTreeData(rows);
  status.fire();
  await vi.runAllTimersAsync();
  return { rows, status, view: fake.views.get('seealso.duplicates') };
}

test('duplicates that look the same stay', async () => {
  const { rows, status } = await duplicates(group);
  status.fire();
  await vi.runAllTimersAsync();
  expect(rows).toHaveBeenCalledTimes(1);
});

test('one group is no groups', async () => {
  expect((await duplicates(group)).view?.description).toBe('1 group');
});

test('nothing is written twice in a folder, and nothing is said without one', async () => {
  expect((await duplicates()).view?.message).toBe('Nothing is written twice.');
  workspace.workspaceFolders = undefined;
  const { view } = await duplicates();
  expect([view?.message, view?.description]).toEqual([undefined, undefined]);
});

test('nothing can be marked without a row, and that is said', async () => {
  await duplicates(group);
  await fake.commands.get('seealso.duplicates.ignore')?.(undefined);
  expect(fake.notices.map(({ message }) => message)).toEqual([expect.stringMatching(/^Choose a passage in the view/)]);
});

test('facts about the index stay while they are the same', async () => {
  const { server: one, status } = server({ folders: [{ uri: 'file:///docs', errors: [] }] });
  const view = new IndexView(one);
  const rows = vi.fn();
  view.onDidChangeTreeData(rows);
  const told = async (more: object) => {
    one.folders = one.folders.map((folder) => ({ ...folder, ...more }));
    status.fire();
    await vi.runAllTimersAsync();
    return rows.mock.calls.length;
  };
  expect(await told({ documents: 1 })).toBe(1);
  expect(await told({ updated_at: 5 })).toBe(1);
  expect(await told({ percentage: 5 })).toBe(2);
  expect(await told({ percentage: null })).toBe(3);
});
