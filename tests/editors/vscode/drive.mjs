// A writer's first half hour in VS Code. Prints one line a check; ends with 1 when one failed.
//   FOLDER     the documents (see `test_vscode.py`), which are changed
//   SHOTS      folder for the screenshots
//   THEME      name of a colour theme
import { mkdirSync } from 'node:fs';
import { CHECKS } from './checks.mjs';
import { Hands } from './hands.mjs';
import { Workbench } from './workbench.mjs';

const { FOLDER, SHOTS, THEME, ONLY } = process.env;
mkdirSync(SHOTS, { recursive: true });
const started = performance.now();
const workbench = await Workbench.start(FOLDER, { 'workbench.colorTheme': THEME });
let failed = 0;
try {
  const page = await workbench.window();
  const hands = new Hands(page);
  let number = 0;
  const shot = (name) => page.screenshot({ path: `${SHOTS}/${String(++number).padStart(2, '0')}-${name}.png` });
  for (const [name, check] of Object.entries(CHECKS)) {
    if (ONLY !== undefined && !name.match(ONLY)) continue;
    const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
    try {
      await check({ hands, page, workbench, shot });
      console.log(`ok ${seconds()} s: ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`FAILED ${seconds()} s: ${name}: ${error.message}`);
      await page.screenshot({ path: `${SHOTS}/failed-${failed}.png` });
      await page.keyboard.press('Escape');
      if (number === 0) break; // nothing works without a server
    }
  }
  if (workbench.outside.size > 0) {
    failed += 1;
    console.log(`FAILED: the window asked ${[...workbench.outside].join(', ')}`);
  }
} finally {
  await workbench.close();
}
process.exit(failed === 0 ? 0 : 1);
