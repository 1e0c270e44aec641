import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { shownStrings } from './strings';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path: string): Record<string, string> => JSON.parse(readFileSync(at(path), 'utf8'));
const manifest = readFileSync(at('package.json'), 'utf8');
const [english, chinese] = [read('package.nls.json'), read('package.nls.zh-cn.json')];

test('each word of the manifest is there in both languages, and no other', () => {
  const used = new Set([...manifest.matchAll(/"%([^%"]+)%"/g)].map((match) => match[1]));
  expect(new Set(Object.keys(english))).toEqual(used);
  expect(new Set(Object.keys(chinese))).toEqual(used);
});

test('each string of the code is there in Chinese, and no other', () => {
  expect(new Set(Object.keys(read('l10n/bundle.l10n.zh-cn.json')))).toEqual(shownStrings(at('src')));
});

test('translations have the places and the commands of the original', () => {
  const marks = (text: string) => [...text.matchAll(/\{\d\}|\(command:[^)]+\)|`[^`]+`/g)].map(String).sort();
  for (const [original, translated] of Object.entries(read('l10n/bundle.l10n.zh-cn.json'))) {
    expect(marks(translated), original).toEqual(marks(original));
  }
  for (const [key, original] of Object.entries(english)) {
    expect(marks(chinese[key] ?? ''), key).toEqual(marks(original));
  }
});
