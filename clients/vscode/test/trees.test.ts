import { expect, test } from 'vitest';
import { kindsOf, pairsOf } from '../src/duplicates/tree';
import { bytes, foldersOf } from '../src/index/tree';
import { beginning, documentTitle, sectionTitle } from '../src/place';
import type { DuplicateGroup, FolderStatus, Match, Place } from '../src/protocol';
import { messageFor } from '../src/related/message';
import { contextOf, documentsOf, iconOf } from '../src/related/tree';
import { matchText, pageOf, symbolName, worthShowing } from '../src/search/items';
import { sentences } from '../src/sentences';
import { t } from './t';

function place(path: string, line: number, text = `${path} ${line}`): Place {
  return { path, line, end_line: line, heading: 'Guide > Restoring', text, uri: `file:///${path}` };
}

function match(path: string, line: number, more: Partial<Match> = {}): Match {
  const rest = { score: 0.5, relation: null, same_document: false, linked: false, closeness: 'close' };
  return { ...place(path, line), ...rest, ...more };
}

test('related places are grouped by document, duplicates first, and what is far away is left out', () => {
  const documents = documentsOf({
    passage: place('here.md', 1),
    duplicates: [match('b.md', 9, { relation: 'exact', closeness: 'the same text' })],
    matches: [match('a.md', 1), match('b.md', 3), match('c.md', 1, { closeness: null })],
    complete: true,
  });
  expect(documents.map(({ path, places }) => [path, places.map((each) => each.match.line)])).toEqual([
    ['b.md', [9, 3]],
    ['a.md', [1]],
  ]);
});

test.each<[Partial<Match>, string]>([
  [{ relation: 'edited', linked: true }, 'copy'],
  [{ relation: 'parallel' }, 'versions'],
  [{ linked: true, same_document: true }, 'link'],
  [{ same_document: true }, 'list-selection'],
  [{}, 'note'],
])('the icon of %o is %s', (more, icon) => {
  expect(iconOf(match('a.md', 1, more))).toBe(icon);
});

test('menus tell documents, places and repeated places apart', () => {
  const duplicates = [match('a.md', 1, { relation: 'exact' })];
  const [document] = documentsOf({ passage: null, duplicates, matches: [match('a.md', 2)], complete: true });
  expect(contextOf(document as never)).toBe('document');
  expect(document?.places.map(contextOf)).toEqual(['place-repeated', 'place']);
});

test('duplicates are listed by kind, templates last', () => {
  const group = (kind: DuplicateGroup['kind'], boilerplate = false): DuplicateGroup => ({
    kind,
    score: 1,
    boilerplate,
    places: [place('a.md', 1), place('b.md', 1)],
  });
  const kinds = kindsOf([group('exact', true), group('edited'), group('exact'), group('edited')], t);
  expect(kinds.map(({ label, groups }) => [label, groups.length])).toEqual([
    ['The same text', 1],
    ['Nearly the same', 2],
    ['In so many documents that it is a template', 1],
  ]);
});

test('a group is intended when each pair of its texts is, one text twice among them', () => {
  const places = [place('a.md', 1, 'A'), place('b.md', 1, 'A'), place('c.md', 1, 'B'), place('d.md', 1, 'A')];
  const pairs = pairsOf({ kind: 'edited', score: 1, boilerplate: false, places });
  expect(pairs.map(([one, other]) => [one.text, other.text].sort().join(''))).toEqual(['AA', 'AB']);
});

test('the index names what it could not read', () => {
  const folder: FolderStatus = { uri: 'file:///d', name: 'd', state: 'ready', message: '', documents: 2, errors: 1 };
  const problems = new Map([['file:///d', [{ path: 'x.md', reason: 'too large' }]]]);
  const [node] = foldersOf([folder], problems, t);
  expect(node?.children.at(-1)).toMatchObject({
    label: 'Could not be read',
    children: [{ path: 'x.md', reason: 'too large', folder: 'file:///d' }],
  });
});

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_200, '1.2 kB'],
  [123_456_789, '123 MB'],
  [5e13, '50000 GB'],
])('%d bytes are %s', (count, text) => {
  expect(bytes(count)).toBe(text);
});

test('a search shows the section, where it is, and its beginning', () => {
  expect(matchText(match('a.md', 4, { text: `${'word '.repeat(60)}` }), t)).toEqual({
    label: 'Restoring',
    description: 'close · a.md:4',
    detail: `${'word '.repeat(31)}word…`,
  });
  expect(worthShowing([match('a.md', 1), match('b.md', 1, { closeness: null })])).toHaveLength(1);
  expect(pageOf('a/b? ü')).toBe('seealso:search/a%2Fb%3F%20%C3%BC.md');
});

test('a place without headings has the name of its file', () => {
  const bare = { ...place('notes/a.txt', 1), heading: '' };
  expect([documentTitle(bare), sectionTitle(bare)]).toEqual(['a.txt', 'a.txt']);
  expect(documentTitle(place('a.md', 1))).toBe('Guide');
  expect(beginning(' one\n two ', 20)).toBe('one two');
  expect(beginning('停止服务后再恢复备份', 4)).toBe('停止服务…');
});

test.each([
  [
    'One line. And a sentence\nthat goes on. The "end." Yes',
    'One line.\nAnd a sentence that goes on.\nThe "end."\nYes',
  ],
  ['先停止服务。再恢复备份！\n好吗？', '先停止服务。\n再恢复备份！\n好吗？'],
  ['Version 1.2 of it', 'Version 1.2 of it'],
  [
    '- Stop it\n- Copy the folder, e.g. with\n  rsync. Wait\n- Start',
    '- Stop it\n- Copy the folder, e.g. with rsync.\nWait\n- Start',
  ],
  ['1. Stop it.\n2. Copy it. Wait\n10) Go', '1. Stop it.\n2. Copy it.\nWait\n10) Go'],
  [
    'Ports:\n\n| Port | Use. |\n| ---- | --- |\n| 7440 |  Any. One |',
    'Ports:\n| Port | Use. |\n| ---- | --- |\n| 7440 | Any. One |',
  ],
  ['Mit Werkzeugen (z. B. rsync) bzw. z.B. von Dr. No. Ja', 'Mit Werkzeugen (z. B. rsync) bzw. z.B. von Dr. No.\nJa'],
  ['He said “Stop it.” (And so on.) Yes', 'He said “Stop it.”\n(And so on.)\nYes'],
  ['彼は「行く。」と言った。（そうだ！？）はい', '彼は「行く。」\nと言った。\n（そうだ！？）\nはい'],
  ['A paragraph.\n\nAnother\r\none', 'A paragraph.\nAnother one'],
])('%j is compared by its sentences', (text, lines) => {
  expect(sentences(text)).toBe(lines);
});

const BUILDING = 'The index is still being built: more may be found later.';

test.each<[string, Partial<FolderStatus>, string]>([
  ['waits for its model', { message: 'stopped: No answer.' }, 'Not everything can be found now: No answer.'],
  ['is being built', { percentage: 12, message: 'embedding' }, BUILDING],
  ['is being built again', { percentage: 12, message: 'stopped: No answer.' }, BUILDING],
  ['was stopped', { percentage: null, message: 'stopped, 5 passages left' }, BUILDING],
  ['has failed', { percentage: null, message: 'failed' }, BUILDING],
  ['has just begun', {}, BUILDING],
])('what is missing while the index %s', (_, more, message) => {
  const outer: FolderStatus = { uri: 'file:///', name: 'all', state: 'ready', message: 'stopped: another' };
  const folder: FolderStatus = { ...outer, uri: 'file:///docs', message: '', ...more };
  const related = { passage: place('docs/here.md', 1), duplicates: [], matches: [], complete: false };
  expect(messageFor(related, [outer, folder], t)).toBe(message);
});

test.each([
  ['file:///c%3A/my%20docs', 'file:///c:/my%20docs/a.md', 'yes'],
  ['file:///c%3A/docs', 'file:///C:/docs/a.md', 'yes'],
  ['file:///', 'file:///a.md', 'yes'],
  ['file:///notes', 'file:///notes-old/a.md', 'no'],
  ['file:///notes/', 'file:///notes/a.md', 'yes'],
])('a passage is looked for in its folder: %s, %s', (folder, uri, answer) => {
  const status: FolderStatus = { uri: folder, name: 'docs', state: 'partial', message: 'stopped: No answer.' };
  const related = { passage: { ...place('a.md', 1), uri }, duplicates: [], matches: [], complete: false };
  const message = { yes: 'Not everything can be found now: No answer.', no: BUILDING }[answer];
  expect(messageFor(related, [status], t)).toBe(message);
});

test('a symbol begins with what was typed, and leaves room for where it stands', () => {
  const words = 'Stop the service before you restore a backup, because it keeps writing';
  expect(symbolName(`restore · 01 ${words}`, 'restore')).toBe('restore · 01 Stop the service before you restore a…');
  const typed = 'how-do-I-restore-a-backup-that-was-made-on-another-machine';
  expect(symbolName(`${typed} · 01 Stop`, typed)).toBe(`${typed} · 01 Stop`);
  const address = `https://example.org/${'x'.repeat(80)}`;
  expect(symbolName(`${typed} · 01 ${address}`, typed)).toBe(`${typed} · 01 ${address.slice(0, 40)}…`);
  expect(symbolName('stop it · 01 Stop', ' stop  it ')).toBe('stop it · 01 Stop');
  expect(symbolName('Stop', 'restore')).toBe('Stop');
});
