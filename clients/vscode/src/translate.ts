/** How pure modules get their words: `vscode.l10n.t`, or something like it in tests. */
export type Translate = (message: string, ...args: (string | number | boolean)[]) => string;
