// A writer without the server: the button of the extension installs the one it carries. Settings as in `drive.mjs`.
import { mkdirSync } from 'node:fs';
import { Hands } from './hands.mjs';
import { Workbench } from './workbench.mjs';

const MINUTES = 60_000;
const { FOLDER, SHOTS, THEME } = process.env;
mkdirSync(SHOTS, { recursive: true });
const workbench = await Workbench.start(FOLDER, { 'workbench.colorTheme': THEME }, { onPath: false });
let status = 1;
try {
  const page = await workbench.window();
  try {
    const hands = new Hands(page);
    await hands.open('again.md', 'The orchestra');
    const offer = page.locator('.notification-toast').filter({ hasText: 'needs its server' }).first();
    await offer.waitFor();
    await hands.status('seealso: no server').waitFor();
    await page.locator('.activitybar [aria-label^="seealso"]').first().click();
    await page.locator('.welcome-view-content').filter({ hasText: 'Install Server' }).first().waitFor();
    await page.screenshot({ path: `${SHOTS}/01-no-server.png` });
    await offer.locator('.monaco-button').filter({ hasText: 'Install Server' }).first().click();
    await page.locator('.notification-toast').filter({ hasText: 'installing the server' }).first().waitFor();
    await page.screenshot({ path: `${SHOTS}/02-installing.png` });
    await hands.status(/seealso: [\d,]+ passages$/).waitFor({ timeout: 8 * MINUTES });
    await page.screenshot({ path: `${SHOTS}/03-installed.png` });
    status = 0;
  } catch (error) {
    console.log(error.message);
    await page.screenshot({ path: `${SHOTS}/failed.png` });
  }
} finally {
  await workbench.close();
}
process.exit(status);
