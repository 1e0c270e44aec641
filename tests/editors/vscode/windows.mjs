// Windows that are not like others. Settings as in `drive.mjs`; FOLDER holds two documents of reStructuredText that
// repeat each other, and settings that name a server of its own, which count only where the folder is trusted.
import { mkdirSync } from 'node:fs';
import { Hands } from './hands.mjs';
import { Workbench } from './workbench.mjs';

const MINUTES = 60_000;
const { FOLDER, SHOTS, THEME } = process.env;
mkdirSync(SHOTS, { recursive: true });

const view = '.activitybar [aria-label^="seealso"]';
const welcome = (page, title) => page.locator('.pane').filter({ hasText: title }).locator('.welcome-view-content');

async function notTrusted({ hands, page }) {
  await hands.open('guide.rst', 'Stop the service');
  await hands.status('Restricted Mode').waitFor();
  await page.locator(view).first().click();
  await hands.status('seealso: 2 passages').waitFor({ timeout: MINUTES });
}

async function compared({ hands, page }) {
  const group = hands.view('Duplicates').filter({ hasText: 'Stop the service' }).first();
  await group.hover();
  await group.locator('.action-label[aria-label^="Compare"]').click();
  const changed = page.locator('.monaco-diff-editor .modified .view-line').filter({ hasText: 'Copy the data folder' });
  await changed.first().waitFor();
  // A sentence a line, also where the document has both in one; and no line that is cut off.
  const numbers = await page.locator('.monaco-diff-editor .modified .line-numbers').allInnerTexts();
  if (numbers.map(Number).filter(Boolean).length !== 3) throw new Error(`The lines are ${numbers}.`);
  const copy = await changed.first().innerText();
  if (copy.includes('as it was')) throw new Error('A long line is not wrapped.');
}

async function trusted({ hands, page }) {
  await hands.command('Workspaces: Manage Workspace Trust');
  await page.locator('.workspace-trust-editor .monaco-button').filter({ hasText: 'Trust' }).first().click();
  await hands.status('seealso: server failed').waitFor();
  for (const title of ['Related', 'Duplicates']) {
    await welcome(page, title).filter({ hasText: 'does not run' }).first().waitFor();
  }
}

async function withoutFolder({ hands, page }) {
  await page.locator(view).first().click();
  await hands.status('seealso: no folder').waitFor({ timeout: MINUTES });
  await welcome(page, 'Duplicates').filter({ hasText: 'Open Folder' }).first().waitFor();
}

const UNTRUSTED = {
  'a folder that is not trusted has our server': notTrusted,
  'passages are compared by sentences': compared,
  'it has its own when it is trusted, which does not run': trusted,
};
const WINDOWS = [
  [FOLDER, UNTRUSTED],
  [undefined, { 'no folder': withoutFolder }],
];

let failed = 0;
for (const [folder, checks] of WINDOWS) {
  const workbench = await Workbench.start(folder, { 'workbench.colorTheme': THEME }, { isAsking: true });
  try {
    const page = await workbench.window();
    for (const [name, check] of Object.entries(checks)) {
      try {
        await check({ hands: new Hands(page), page });
        console.log(`ok ${name}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED ${name}: ${error.message}`);
      }
      await page.screenshot({ path: `${SHOTS}/${name.replaceAll(' ', '-')}.png` });
    }
  } finally {
    await workbench.close();
  }
}
process.exit(failed === 0 ? 0 : 1);
