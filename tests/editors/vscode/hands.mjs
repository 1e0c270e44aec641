// What a writer does in a window, and sees there.
import { until } from './workbench.mjs';

export class Hands {
  constructor(page) {
    this.page = page;
  }

  rows = (view) => this.page.locator(`${view} .monaco-list-row`);

  /** The rows of one of our views, by the words of its title. */
  view = (title) => this.#pane(title).locator('.monaco-list-row');

  /** The list of one of our views, when it has the keyboard. */
  focused = (title) => this.#pane(title).locator('.monaco-list:focus');

  #pane = (title) => this.page.locator('.pane').filter({ has: this.page.locator(`.pane-header[aria-label^="${title}"]`) });

  line = (text) => this.page.locator('.editor-instance .view-line').filter({ hasText: text }).first();

  status = (text) => this.page.locator('.statusbar-item').filter({ hasText: text }).first();

  async press(...keys) {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Opens the box at the top of the window, and returns its input; what moves the focus may close it again. */
  async box(...keys) {
    const input = this.page.locator('.quick-input-widget input').first();
    await until(async () => {
      await this.press(...keys);
      await input.waitFor({ timeout: 2000 });
      return await input.evaluate((element) => element === document.activeElement);
    }, 'the box is open');
    return input;
  }

  /** Goes to the row of the box that begins with a text, and takes it: rows move while they are found. */
  async take(text) {
    const begins = `[aria-label^="${text}"]:not([aria-label*="↔"])`; // not a comparison with it
    await this.page.locator(`.quick-input-list .monaco-list-row${begins}`).first().waitFor();
    const chosen = this.page.locator(`.quick-input-list .monaco-list-row.focused${begins}`).first();
    await until(async () => {
      const isChosen = await chosen.isVisible();
      if (!isChosen) await this.press('ArrowDown');
      return isChosen;
    }, `${text} is chosen`);
    await this.press('Enter');
  }

  async command(title) {
    await (await this.box('F1')).fill(`>${title}`);
    await this.take(title);
  }

  async open(name, text) {
    await (await this.box('Control+p')).fill(name);
    await this.take(name);
    await this.line(text).waitFor();
  }

  /** Puts the cursor somewhere, by line and column from 1. */
  async goTo(line, column = 1) {
    await (await this.box('Control+g')).fill(`:${line}:${column}`);
    await this.press('Enter');
    await this.status(new RegExp(`Ln ${line}, Col ${column}\\b`)).waitFor();
  }

  /** Lets the mouse rest on a text until something is shown. */
  async hover(text, shown) {
    await until(async () => {
      const box = await this.line(text).locator('span').first().boundingBox(); // lines move when a lens comes or goes
      await this.page.mouse.move(box.x + 4, box.y + 4);
      await this.page.mouse.move(box.x + 60, box.y + box.height / 2, { steps: 4 });
      await shown.waitFor({ timeout: 3000 });
      return true;
    }, 'the hover is shown');
  }

  async away() {
    await this.page.mouse.move(5, 895);
  }
}
