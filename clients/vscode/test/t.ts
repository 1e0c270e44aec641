import type { Translate } from '../src/translate';

/** English, as `vscode.l10n.t` gives it without a bundle. */
export const t: Translate = (message, ...args) => message.replaceAll(/\{(\d)\}/g, (_, at) => String(args[Number(at)]));
