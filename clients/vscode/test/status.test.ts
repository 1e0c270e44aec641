import { expect, test } from 'vitest';
import type { FolderStatus } from '../src/protocol';
import { statusText } from '../src/status/text';
import { t } from './t';

const docs: FolderStatus = {
  uri: 'file:///docs',
  name: 'docs',
  state: 'ready',
  message: '',
  documents: 12,
  passages: 1204,
  pending: 0,
  errors: 0,
  model: 'e5',
};

test.each<[string, Parameters<typeof statusText>, string, boolean]>([
  ['ready', ['running', '', [docs], t], '$(references) seealso: 1,204 passages', false],
  ['one passage', ['running', '', [{ ...docs, passages: 1 }], t], '$(references) seealso: 1 passage', false],
  ['two folders', ['running', '', [docs, docs], t], '$(references) seealso: 2,408 passages', false],
  ['no folder', ['running', '', [], t], '$(references) seealso: no folder', false],
  ['a folder that nothing is known of yet', ['running', '', [], t, true], '$(loading~spin) seealso: starting', false],
  ['building', ['running', '', [docs, { ...docs, percentage: 42 }], t], '$(sync~spin) seealso: 42 %', false],
  [
    'stopped on the way',
    ['running', '', [{ ...docs, state: 'partial', pending: 4 }], t],
    '$(circle-large-outline) seealso: 1,204 passages, incomplete',
    false,
  ],
  [
    'a folder that is gone',
    ['running', '', [{ uri: 'file:///x', name: 'x', state: 'failed', message: 'x does not exist.' }], t],
    '$(warning) seealso: x does not exist.',
    true,
  ],
  ['no server', ['missing', '', [], t], '$(warning) seealso: no server', true],
  ['installing', ['installing', '', [], t], '$(loading~spin) seealso: installing', false],
  ['starting', ['starting', '', [], t], '$(loading~spin) seealso: starting', false],
])('%s', (_, args, text, isProblem) => {
  expect(statusText(...args)).toMatchObject({ text, isProblem });
});

test('a screen reader hears words, and what is being done', () => {
  const building = { ...docs, percentage: 42, message: 'embedding 5 of 9 passages' };
  expect(statusText('running', '', [building], t).label).toBe('seealso: 42 %, embedding 5 of 9 passages');
});

test('the tooltip says what is known of each folder, and why a server fails', () => {
  const { tooltip } = statusText('running', '', [{ ...docs, errors: 2, pending: 3 }], t);
  expect(tooltip).toEqual([
    '**docs**',
    '12 documents, 1,204 passages',
    '3 passages are not embedded yet',
    'Could not be read: 2',
    'Model: e5',
  ]);
  const { tooltip: one } = statusText('running', '', [{ ...docs, documents: 1, passages: 1, pending: 1 }], t);
  expect(one.slice(1, 3)).toEqual(['1 document, 1 passage', '1 passage is not embedded yet']);
  expect(statusText('failed', 'no such file', [], t).tooltip).toEqual(['no such file']);
});
