/** Search by meaning: results while one types, with a look at the place that is chosen. */
import * as vscode from 'vscode';
import { Debounce } from '../debounce';
import { linesOf, openPlace } from '../open';
import type { Match, SearchResult } from '../protocol';
import type { Server } from '../server/server';
import { matchText, pageOf, worthShowing } from './items';

const QUIET_MS = 150;
const LIMIT = 30;

interface Item extends vscode.QuickPickItem {
  match: Match;
}

export function addSearch(server: Server): vscode.Disposable {
  return vscode.commands.registerCommand('seealso.searchByMeaning', (query?: unknown) => {
    new Search(server).show(typeof query === 'string' ? query : selectedText());
  });
}

function selectedText(): string {
  const editor = vscode.window.activeTextEditor;
  return editor === undefined || editor.selection.isEmpty
    ? ''
    : editor.document.getText(editor.selection).slice(0, 400);
}

class Search {
  private readonly pick = vscode.window.createQuickPick<Item>();
  private readonly typed = new Debounce(QUIET_MS);
  private readonly looked = new Debounce(QUIET_MS);
  private readonly mark = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor('editor.rangeHighlightBackground'),
    isWholeLine: true,
  });
  private asking: vscode.CancellationTokenSource | undefined;
  /** Where the writer was, to go back to when nothing is chosen. */
  private readonly before = vscode.window.activeTextEditor;
  private readonly beforeAt = this.before?.selection;
  private hasLooked = false;
  /** The last look at a place; it may still be opening when the writer leaves. */
  private looking: Promise<void> = Promise.resolve();
  private isAccepted = false;
  private readonly beside: vscode.QuickInputButton;
  private readonly page: vscode.QuickInputButton;

  constructor(private readonly server: Server) {
    const { t } = vscode.l10n;
    this.beside = { iconPath: new vscode.ThemeIcon('split-horizontal'), tooltip: t('Open to the Side') };
    this.page = { iconPath: new vscode.ThemeIcon('open-preview'), tooltip: t('Open the Results as a Document') };
    this.pick.title = t('Search by Meaning');
    this.pick.placeholder = t('What is the passage about? In your own words, in any language.');
    this.pick.buttons = [this.page];
  }

  show(query: string): void {
    // The order is the server's: it is by meaning, which the letters of a label say nothing about.
    Object.assign(this.pick, { sortByLabel: false });
    this.pick.onDidChangeValue((value) => this.typed.later(() => void this.ask(value)));
    this.pick.onDidChangeActive(([item]) => {
      if (item !== undefined && item !== this.pick.items[0]) this.hasLooked = true;
      if (item !== undefined && this.hasLooked)
        this.looked.later(() => {
          this.looking = this.look(item.match);
        });
    });
    this.pick.onDidAccept(() => void this.accept(false));
    this.pick.onDidTriggerItemButton(({ item }) => void this.accept(true, item));
    this.pick.onDidTriggerButton(() => void this.openPage());
    this.pick.onDidHide(() => void this.leave());
    this.pick.value = query;
    this.pick.show();
    if (query !== '') void this.ask(query);
  }

  private async ask(value: string): Promise<void> {
    this.asking?.cancel();
    const query = value.trim();
    if (query === '') {
      this.pick.items = [];
      return;
    }
    const asking = new vscode.CancellationTokenSource();
    this.asking = asking;
    this.pick.busy = true;
    try {
      const result = await this.server.execute<SearchResult>('seealso.search', { query, limit: LIMIT }, asking.token);
      if (!asking.token.isCancellationRequested) this.list(result);
    } catch (error) {
      if (!asking.token.isCancellationRequested) this.say(error instanceof Error ? error.message : String(error));
    } finally {
      if (this.asking === asking) this.pick.busy = false;
    }
  }

  private list({ matches, complete }: SearchResult): void {
    const { t } = vscode.l10n;
    this.hasLooked = false;
    this.pick.items = worthShowing(matches).map((match) => ({
      ...matchText(match, t),
      alwaysShow: true,
      buttons: [this.beside],
      match,
    }));
    const found = complete ? t('Search by Meaning') : t('Search by Meaning (some passages by words only so far)');
    this.say(this.pick.items.length === 0 ? t('Nothing was found.') : found);
  }

  private say(title: string): void {
    this.pick.title = title;
  }

  private async look(match: Match): Promise<void> {
    const editor = await openPlace(match, { preserveFocus: true });
    editor.setDecorations(this.mark, [linesOf(match)]);
  }

  private async accept(beside: boolean, item = this.pick.activeItems[0]): Promise<void> {
    if (item === undefined) return;
    this.isAccepted = true;
    this.pick.hide();
    await openPlace(item.match, { beside });
  }

  private async openPage(): Promise<void> {
    const query = this.pick.value.trim();
    if (query === '') return;
    this.isAccepted = true;
    this.pick.hide();
    await vscode.window.showTextDocument(vscode.Uri.parse(pageOf(query)));
  }

  private async leave(): Promise<void> {
    this.asking?.cancel();
    this.looked.stop();
    await this.looking;
    for (const each of [this.typed, this.looked, this.mark, this.pick]) each.dispose();
    if (this.isAccepted || this.before === undefined || vscode.window.activeTextEditor === this.before) return;
    await vscode.window.showTextDocument(this.before.document, {
      viewColumn: this.before.viewColumn,
      selection: this.beforeAt,
    });
  }
}
