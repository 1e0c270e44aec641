/** The strings of the extension that are shown, as they stand in its code. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SHOWN = /\bt\(\s*'((?:[^'\\]|\\.)*)'/g;

export function shownStrings(folder: string): Set<string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const found = files.flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(SHOWN)]);
  return new Set(found.map((match) => match[1] as string));
}
