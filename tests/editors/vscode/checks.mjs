// What is checked, in this order: each goes on from where the one before left the window.
import { until } from './workbench.mjs';

const MINUTES = 60_000;

async function firstRun({ hands, page, shot }) {
  await hands.open('again.md', 'The orchestra');
  await hands.status(/seealso: \d+ %/).waitFor({ timeout: MINUTES });
  await hands.status(/Indexing/).waitFor();
  await shot('indexing');
  await page.locator('.activitybar [aria-label^="seealso"]').first().click();
  await hands.command('seealso: Focus on Index View');
  await hands.view('Index').filter({ hasText: 'Passages' }).first().waitFor();
  await shot('indexing-views');
  await hands.status(/seealso: [\d,]+ passages$/).waitFor({ timeout: 8 * MINUTES });
}

async function problems({ hands, page, shot }) {
  await page.locator('.squiggly-info').first().waitFor();
  await hands.command('Problems: Focus on Problems View');
  await page.locator('.panel .viewpane-filter input, .panel .monaco-inputbox input').first().fill('music.md:3');
  const problem = hands.rows('.markers-panel').filter({ hasText: 'notes/music.md:3' }).first();
  await problem.waitFor();
  await hands.rows('.markers-panel').filter({ hasText: 'music.md[Ln 3, Col 1]' }).first().waitFor();
  await shot('problems');
  await page.locator('.panel .viewpane-filter input, .panel .monaco-inputbox input').first().fill('');
  await hands.command('View: Toggle Panel Visibility');
}

async function hover({ hands, page, shot }) {
  await hands.open('again.md', 'The orchestra');
  const shown = page.locator('.monaco-hover').filter({ hasText: 'Written before' }).first();
  await hands.hover('The orchestra', shown);
  await shot('hover');
  await shown.locator('a').filter({ hasText: 'Music' }).first().click();
  await hands.status(/Ln 3, Col 1\b/).waitFor();
  await page.locator('.tab.active').filter({ hasText: 'music.md' }).first().waitFor();
  await hands.away();
}

async function related({ hands, page, shot }) {
  await hands.command('seealso: Focus on Related View');
  await hands.open('again.md', 'The orchestra');
  await hands.goTo(5);
  await hands.view('Related').filter({ hasText: 'notes/music.md' }).first().waitFor();
  await hands.view('Related').filter({ hasText: 'the same text' }).first().waitFor();
  await shot('related-duplicate');
  await hands.open('draft.md', 'stop the service');
  await hands.goTo(3);
  await hands.view('Related').filter({ hasText: 'Restor' }).first().waitFor();
  await until(async () => (await hands.view('Related').filter({ hasText: 'the same text' }).count()) === 0, 'it follows');
  await shot('related');
  // With the keyboard: into the view, down to a place, and open it.
  await until(async () => {
    await hands.command('seealso: Focus on Related View');
    await hands.focused('Related').waitFor({ timeout: 3000 }); // the keys would go to the document
    await hands.press('Home', 'ArrowDown', 'Enter');
    return await page.locator('.tab.active').filter({ hasNotText: 'draft.md' }).first().waitFor({ timeout: 3000 }).then(() => true);
  }, 'a place opens with the keyboard');
}

async function insertLink({ hands, shot }) {
  await hands.open('draft.md', 'stop the service');
  await hands.goTo(3, 5);
  // The place that the check before has opened is among its own related passages no more, and the draft not either.
  await hands.view('Related').filter({ hasText: 'guide/restore.md' }).first().waitFor();
  await hands.view('Related').filter({ hasText: 'notes/draft.md' }).first().waitFor({ state: 'detached' });
  const row = hands.view('Related').filter({ hasText: 'close' }).first();
  await row.click({ button: 'right' });
  await hands.page.locator('.context-view .action-label, .monaco-menu .action-label').filter({ hasText: 'Insert a Link' }).first().waitFor();
  await shot('related-menu');
  await hands.press('Escape');
  await row.hover();
  await row.locator('.action-label[aria-label^="Insert a Link"]').click();
  await hands.line('](').waitFor();
  await hands.press('Control+z');
  await hands.away();
}

async function actions({ hands, page }) {
  const row = hands.view('Related').filter({ hasText: 'close' }).first();
  const choose = async (words) => {
    await row.click({ button: 'right' });
    const item = page.locator('.monaco-menu .action-label').filter({ hasText: words }).first();
    await item.waitFor();
    // A menu does not take the click that may have opened it.
    await until(async () => {
      await item.click({ timeout: 1000 }).catch(() => undefined);
      return !(await item.isVisible());
    }, `${words} is chosen`);
  };
  await choose('Copy Link');
  await hands.status('the link is in the clipboard').waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  if (!/^\[.+\]\(\.\.\/handbook\/.+\)$/.test(link)) throw new Error(`The link is ${link}.`);
  await choose('Peek');
  await page.locator('.peekview-widget').first().waitFor();
  await hands.press('Escape');
  await page.locator('.peekview-widget').first().waitFor({ state: 'detached' });
  await choose(/^Open$/);
  await page.locator('.tab.active').filter({ hasNotText: 'draft.md' }).first().waitFor();
}

async function quickFix({ hands, page, shot }) {
  await hands.open('again.md', 'The orchestra');
  await hands.goTo(5, 3);
  const fix = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Replace this passage by a link' }).first();
  await until(async () => {
    await hands.press('Escape', 'Control+.');
    await fix.waitFor({ timeout: 3000 });
    return true;
  }, 'the quick fixes are listed');
  await shot('quick-fix');
  await fix.click();
  await hands.line('](music.md').waitFor();
  await shot('quick-fix-done');
  await hands.press('Control+z');
  await hands.line('The orchestra').waitFor();
}

async function compareByQuickFix({ hands, page, shot }) {
  await hands.goTo(5, 3);
  const compare = page.locator('.action-widget .monaco-list-row').filter({ hasText: 'Compare with' }).first();
  await until(async () => {
    await hands.press('Escape', 'Control+.');
    await compare.waitFor({ timeout: 3000 });
    return true;
  }, 'the quick fixes are listed');
  await compare.click();
  await page.locator('.tab.active').filter({ hasText: 'again.md:5 ↔ music.md:3' }).first().waitFor();
  await page.locator('.monaco-diff-editor .modified .view-line').filter({ hasText: 'The orchestra' }).first().waitFor();
  await shot('compare');
  await hands.command('View: Close Editor');
}

async function completion({ hands, page, shot }) {
  await hands.open('draft.md', 'stop the service');
  await hands.goTo(5);
  await hands.press('End');
  await page.keyboard.type('Then go to the [', { delay: 30 });
  const suggestion = hands.rows('.suggest-widget').filter({ hasText: 'Restor' }).first();
  await suggestion.waitFor();
  await shot('completion');
  await suggestion.click();
  await hands.line('](').waitFor();
  // The title of the link is the first tab stop: typing replaces it, and Tab leads behind the link.
  await page.keyboard.type('page on restoring');
  await hands.press('Tab');
  await page.keyboard.type(' first.');
  await hands.line(') first.').filter({ hasText: '[page on restoring](../handbook/' }).waitFor();
  await shot('completion-done');
}

async function ghostText({ hands, page, shot }) {
  await hands.goTo(7);
  await hands.press('End');
  await page.keyboard.type('The orchestra plays a symphony', { delay: 30 });
  await page.locator('.ghost-text, .ghost-text-decoration').filter({ hasText: 'Mahler' }).first().waitFor();
  await shot('ghost-text');
  await hands.press('Escape'); // a list of completions may be open as well; Tab would take from it
  await until(async () => {
    await hands.command('Trigger Inline Suggestion');
    await page.locator('.ghost-text, .ghost-text-decoration').filter({ hasText: 'Mahler' }).first().waitFor({ timeout: 3000 });
    return true;
  }, 'ghost text on request');
  await hands.press('Tab');
  await hands.line('The orchestra plays a symphony by Mahler on Friday evening').waitFor();
}

async function search({ hands, page, shot }) {
  await hands.box('Control+Alt+s');
  await page.keyboard.type('how do I get my data back after a crash', { delay: 15 });
  const rows = hands.rows('.quick-input-list');
  await rows.filter({ hasText: 'restore' }).first().waitFor();
  await shot('search');
  const active = page.locator('.tab.active').filter({ hasNotText: 'draft.md' }).first();
  await until(async () => {
    await hands.press('ArrowDown');
    return await active.waitFor({ timeout: 1000 }).then(() => true);
  }, 'a place is shown while it is chosen');
  await shot('search-preview');
  await hands.press('Escape');
  await page.locator('.tab.active').filter({ hasText: 'draft.md' }).first().waitFor();
  await hands.command('seealso: Search by Meaning');
  await until(async () => (await (await hands.box()).inputValue()) === '', 'the box for a search');
  await page.keyboard.type('how do I verify the signature of a download');
  await rows.filter({ hasText: 'install' }).first().waitFor();
  await hands.press('Enter');
  await page.locator('.tab.active').filter({ hasText: /linux\.md|macos\.md|windows\.md|install\.md/ }).first().waitFor();
}

async function duplicates({ hands, page, shot }) {
  await hands.command('seealso: Focus on Duplicates View');
  const kind = hands.view('Duplicates').filter({ hasText: 'The same text' }).first();
  await kind.waitFor({ timeout: MINUTES });
  const group = hands.view('Duplicates').filter({ hasText: 'The orchestra plays' }).first();
  await until(async () => {
    await page.mouse.move(150, 600);
    await page.mouse.wheel(0, 200);
    return await group.isVisible();
  }, 'the group is in the view').catch(() => undefined);
  await group.click();
  await shot('duplicates');
  await group.locator('.action-label[aria-label^="Compare"]').click();
  await page.locator('.monaco-diff-editor .modified .view-line').filter({ hasText: 'The orchestra' }).first().waitFor();
  await shot('duplicates-compare');
  await hands.command('View: Close Editor');
}

async function intended({ hands, page, shot }) {
  await hands.command('seealso: Focus on Duplicates View');
  await hands.focused('Duplicates').waitFor();
  await hands.press('Home');
  const groups = hands.view('Duplicates').and(page.locator('[aria-level="2"]'));
  const group = groups.filter({ hasNotText: 'The orchestra' }).first();
  const words = await group.locator('.label-name').first().innerText();
  await group.hover();
  await group.locator('.action-label[aria-label^="Mark as Intended"]').click();
  await groups.filter({ hasText: words }).first().waitFor({ state: 'detached' });
  await shot('intended');
}

async function index({ hands, shot }) {
  await hands.command('seealso: Focus on Index View');
  await hands.view('Index').filter({ hasText: 'Passages' }).first().waitFor();
  const problems = hands.view('Index').filter({ hasText: 'Could not be read' }).first();
  await problems.waitFor();
  await problems.click();
  await hands.focused('Index').waitFor();
  await until(async () => {
    await hands.press('End'); // below what the view has room for
    return await hands.view('Index').filter({ hasText: 'large.md' }).first().isVisible();
  }, 'the document that could not be read');
  await shot('index');
}

async function rebuild({ hands, shot }) {
  // The texts are known: it may be done before there is a percentage to show, so its end is what one sees.
  await hands.command('seealso: Rebuild the Index');
  await hands.status('seealso: the index is rebuilt').waitFor({ timeout: 8 * MINUTES });
  await shot('rebuilt');
  await hands.status(/seealso: [\d,]+ passages$/).waitFor();
}

async function menu({ hands, shot }) {
  const item = hands.status(/seealso: [\d,]+ passages$/);
  await item.hover();
  await hands.page.locator('.monaco-hover').filter({ hasText: 'documents' }).first().waitFor();
  await shot('status');
  await item.click();
  await hands.rows('.quick-input-list').filter({ hasText: 'Rebuild the Index' }).first().waitFor();
  await shot('menu');
  await hands.press('Escape');
}

async function settings({ hands, page, workbench, shot }) {
  const before = workbench.servers();
  await hands.open('again.md', 'The orchestra');
  await page.locator('.squiggly-info').first().waitFor();
  workbench.configure({ 'seealso.diagnostics.exact': 'warning' });
  await page.locator('.squiggly-warning').first().waitFor();
  workbench.configure({ 'seealso.codeLens.enabled': true });
  await page.locator('.codelens-decoration').filter({ hasText: 'duplicate' }).first().waitFor();
  await shot('settings');
  if (String(workbench.servers()) !== String(before)) throw new Error('The server was started again.');
  await page.locator('.codelens-decoration a').filter({ hasText: 'duplicate' }).first().click();
  await hands.view('Related').filter({ hasText: 'the same text' }).first().waitFor();
  workbench.configure({ 'seealso.codeLens.enabled': false });
}

async function page({ hands, page: window, shot }) {
  await hands.command('seealso: Open All Duplicates as a Document');
  await hands.line('The same text').waitFor();
  await window.locator('.tab.active').filter({ hasText: 'duplicates.md' }).first().waitFor();
  await shot('page');
  await hands.command('View: Close Editor');
}

async function killed({ hands, page, workbench, shot }) {
  const [before] = await until(() => workbench.servers().length > 0 && workbench.servers(), 'a server runs');
  process.kill(before, 'SIGKILL');
  const [after] = await until(() => {
    const now = workbench.servers();
    return now.length > 0 && !now.includes(before) && now;
  }, 'another server runs');
  await hands.status(/seealso: [\d,]+ passages$/).waitFor();
  await hands.open('again.md', 'The orchestra');
  const shown = page.locator('.monaco-hover').filter({ hasText: 'Written before' }).first();
  await hands.hover('The orchestra', shown);
  await hands.away();
  await shot('after-a-crash');
  if (after === before) throw new Error('It is the same process.');
}

async function twoWindows({ workbench, hands }) {
  const other = await workbench.window();
  const { Hands } = await import('./hands.mjs');
  const others = new Hands(other);
  await others.open('again.md', 'The orchestra');
  await others.status(/seealso: [\d,]+ passages$/).waitFor({ timeout: MINUTES });
  await until(() => workbench.servers().length === 2, 'each window has a server');
  const shown = other.locator('.monaco-hover').filter({ hasText: 'Written before' }).first();
  await others.hover('The orchestra', shown);
  await hands.status(/seealso: [\d,]+ passages$/).waitFor();
  await other.close();
  await until(() => workbench.servers().length === 1, 'its server has gone with the other window', 2 * MINUTES);
}

async function serverNamed({ workbench, hands, page, shot }) {
  const [before] = workbench.servers();
  workbench.configure({ 'seealso.path': '/nowhere/seealso' });
  await page.locator('.notification-toast').filter({ hasText: 'does not start' }).first().waitFor();
  await hands.status('seealso: server failed').waitFor();
  const toasts = await page.locator('.notification-toast').count();
  if (toasts !== 1) throw new Error(`${toasts} notifications say it.`);
  await shot('server-failed');
  const [first] = await page.locator('.notification-toast .monaco-button').allInnerTexts();
  if (first !== 'Open Settings') throw new Error(`The first button is ${first}.`);
  workbench.configure({ 'seealso.path': '' });
  await hands.status(/seealso: [\d,]+ passages$/).waitFor();
  await page.locator('.notification-toast').waitFor({ state: 'detached' });
  if (workbench.servers().includes(before)) throw new Error('The old server still runs.');
}

async function crashLoop({ hands, page, workbench, shot }) {
  const toast = page.locator('.notification-toast').filter({ hasText: 'crashed too often' }).first();
  await until(
    async () => {
      for (const pid of workbench.servers()) process.kill(pid, 'SIGKILL');
      return await toast.isVisible();
    },
    'it is not started again',
    2 * MINUTES,
  );
  await hands.status('seealso: server failed').waitFor();
  await shot('crash-loop');
  await toast.locator('.monaco-button').filter({ hasText: 'Restart' }).first().click();
  await hands.status(/seealso: [\d,]+ passages$/).waitFor();
}

async function activation({ hands, page }) {
  await hands.command('Developer: Startup Performance');
  await hands.line('System Info').waitFor();
  await hands.press('Control+f');
  await page.locator('.find-widget textarea, .find-widget input').first().fill('| seealso.seealso');
  const row = await hands.line('| seealso.seealso').innerText();
  const [load, call] = row.split('|').slice(3, 5).map(Number);
  console.log(`   activation: ${load} ms to load the code, ${call} ms to run`);
  // The first number is mostly that of other extensions, which are loaded meanwhile: see `test_vscode.py`.
  if (!(call < 50)) throw new Error(`It took too long: ${row}`);
}

export const CHECKS = {
  'the first run indexes, with progress': firstRun,
  'Problems shows a duplicate and the other place': problems,
  'a hover, and its link opens the right line': hover,
  'the Related view follows the cursor': related,
  'a link is inserted from the Related view': insertLink,
  'a related passage is opened, peeked at, and linked to from elsewhere': actions,
  'the quick fix replaces the passage by a link': quickFix,
  'a quick fix compares both places': compareByQuickFix,
  'a completion has tab stops': completion,
  'ghost text is taken with Tab': ghostText,
  'search by meaning shows places and jumps': search,
  'the Duplicates view, and its comparison': duplicates,
  'duplicates are marked as intended': intended,
  'the Index view names what could not be read': index,
  'the index is rebuilt': rebuild,
  'status bar and menu': menu,
  'settings take effect at once': settings,
  'the duplicates as a document': page,
  'a server that was killed is started again': killed,
  'two windows on one folder': twoWindows,
  'another server can be named': serverNamed,
  'a server that dies again and again is let go': crashLoop,
  'the activation is quick': activation,
};
