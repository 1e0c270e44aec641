/** The server's words for how close a match is, in the language of the editor. Pure. */
import type { Translate } from './translate';

export function closenessIn(words: string | null, t: Translate): string {
  switch (words) {
    case 'the same text':
      return t('the same text');
    case 'nearly the same':
      return t('nearly the same');
    case 'the same in other words':
      return t('the same in other words');
    case 'same frame, another subject':
      return t('same frame, another subject');
    case 'very close':
      return t('very close');
    case 'close':
      return t('close');
    case 'related':
      return t('related');
    default:
      return words ?? '';
  }
}
