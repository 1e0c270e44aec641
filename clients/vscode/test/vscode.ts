/** As much of the editor's module as the tests of views and of the server need; `fake` is what they look into. */
import { t } from './t';

export class EventEmitter<T> {
  private readonly listeners = new Set<(value: T) => void>();
  readonly event = (listener: (value: T) => void) => {
    this.listeners.add(listener);
    return new Disposable(() => this.listeners.delete(listener));
  };
  fire(value: T): void {
    for (const listener of this.listeners) listener(value);
  }
  dispose(): void {
    this.listeners.clear();
  }
}

export class Disposable {
  constructor(readonly dispose: () => unknown) {}
}

export class CancellationTokenSource {
  readonly token = { isCancellationRequested: false };
  cancel(): void {
    this.token.isCancellationRequested = true;
  }
}

/** A view that notes, in order, what it is told. */
class View {
  readonly told: string[] = [];
  visible = true;
  readonly onDidChangeVisibility = new EventEmitter<void>().event;
  private said: string | undefined;
  private described: string | undefined;
  get message(): string | undefined {
    return this.said;
  }
  set message(message: string | undefined) {
    this.said = message;
    this.told.push(`message: ${message}`);
  }
  get description(): string | undefined {
    return this.described;
  }
  set description(description: string | undefined) {
    this.described = description;
    this.told.push(`description: ${description}`);
  }
  dispose(): void {}
}

export interface Notice {
  level: 'error' | 'warning' | 'information';
  message: string;
  buttons: string[];
}

class Fake {
  commands = new Map<string, (...args: unknown[]) => unknown>();
  extensions = new Map<string, { isActive: boolean; exports?: unknown; activate(): Promise<unknown> }>();
  notices: Notice[] = [];
  settings: Record<string, unknown> = {};
  views = new Map<string, View>();
  /** What the writer looks at: its address and language, and the line of the cursor. */
  editor: { uri: string; languageId: string; line?: number } | undefined;
  /** `moved` fires for the cursor and for another document; it is the same in all tests, as `window` has its event. */
  constructor(readonly moved = new EventEmitter<void>()) {}
}

export const fake = new Fake();

export function reset(): void {
  fake.moved.dispose();
  Object.assign(fake, new Fake(fake.moved));
  workspace.workspaceFolders = [{ uri: Uri.parse('file:///docs') }];
  workspace.isTrusted = true;
}

export class Uri {
  private constructor(private readonly text: string) {}
  static parse(text: string): Uri {
    return new Uri(text);
  }
  static file(path: string): Uri {
    return new Uri(`file://${path}`);
  }
  get scheme(): string {
    return this.text.slice(0, this.text.indexOf(':'));
  }
  get fsPath(): string {
    return this.text.replace('file://', '');
  }
  toString(): string {
    return this.text;
  }
}

const quiet = new EventEmitter<never>().event;
const notice =
  (level: Notice['level']) =>
  async (message: string, ...buttons: string[]) => {
    fake.notices.push({ level, message, buttons });
    return undefined;
  };

export const l10n = { t };
export const commands = {
  registerCommand: (name: string, work: (...args: unknown[]) => unknown) => {
    fake.commands.set(name, work);
    return new Disposable(() => fake.commands.delete(name));
  },
  executeCommand: async () => undefined,
};
export const extensions = { getExtension: (id: string) => fake.extensions.get(id) };
export const window = {
  get activeTextEditor() {
    if (fake.editor === undefined) return undefined;
    const { uri, languageId, line = 2 } = fake.editor;
    return { document: { uri: Uri.parse(uri), languageId }, selection: { active: { line, character: 0 } } };
  },
  createOutputChannel: () => ({ info: () => undefined, show: () => undefined, dispose: () => undefined }),
  createTreeView: (id: string) => {
    const view = new View();
    fake.views.set(id, view);
    return view;
  },
  onDidChangeActiveTextEditor: fake.moved.event,
  onDidChangeTextEditorSelection: fake.moved.event,
  showErrorMessage: notice('error'),
  showInformationMessage: notice('information'),
  showWarningMessage: notice('warning'),
  withProgress: <T>(_: unknown, work: () => T) => work(),
};
export const workspace = {
  isTrusted: true,
  workspaceFolders: [{ uri: Uri.parse('file:///docs') }] as { uri: Uri }[] | undefined,
  getConfiguration: () => ({ get: (name: string, otherwise: unknown) => fake.settings[name] ?? otherwise }),
  onDidChangeConfiguration: quiet,
  onDidGrantWorkspaceTrust: quiet,
};
