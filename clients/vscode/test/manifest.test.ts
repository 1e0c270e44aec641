import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import manifest from '../package.json';
import { languages } from '../src/server/languages';

const at = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const ids = manifest.contributes.commands.map(({ command }) => command);

test('each command of the manifest is performed, and none has the name of one of the server', () => {
  const source = ['commands', 'status/item', 'search/search', 'related/view', 'duplicates/view']
    .map((name) => readFileSync(at(`src/${name}.ts`), 'utf8'))
    .join('\n');
  const protocol = readFileSync(at('../../docs/protocol.md'), 'utf8');
  const performed = [...source.matchAll(/registerCommand\(\s*'([^']+)'/g)].map((match) => match[1]);
  for (const id of ids) {
    expect(performed).toContain(id);
    expect(protocol, id).not.toContain(`\`${id}\``);
  }
});

test('menus name commands of the manifest', () => {
  for (const items of Object.values(manifest.contributes.menus)) {
    for (const { command } of items) expect(ids).toContain(command);
  }
});

test('commands that need a row of a view are not in the palette', () => {
  const hidden = manifest.contributes.menus.commandPalette.filter(({ when }) => when === 'false');
  expect(hidden.map(({ command }) => command)).toContain('seealso.insertLink');
});

test('documents of the languages that start the extension, and of those that are switched on, go to the server', () => {
  for (const language of ['restructuredtext', 'asciidoc', 'latex', 'org']) {
    expect(languages(manifest, () => false)).toContain(language);
  }
  expect(languages(manifest, () => false)).not.toContain('html');
  expect(languages(manifest, (setting) => setting === 'index.html')).toContain('html');
});
