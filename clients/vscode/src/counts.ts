/** Numbers of things, in words. Pure. */
import type { Translate } from './translate';

export function documents(count: number, t: Translate): string {
  return count === 1 ? t('1 document') : t('{0} documents', number(count));
}

export function passages(count: number, t: Translate): string {
  return count === 1 ? t('1 passage') : t('{0} passages', number(count));
}

export function notEmbedded(count: number, t: Translate): string {
  return count === 1 ? t('1 passage is not embedded yet') : t('{0} passages are not embedded yet', number(count));
}

export function groups(count: number, t: Translate): string {
  return count === 1 ? t('1 group') : t('{0} groups', number(count));
}

export function pairs(count: number, t: Translate): string {
  return count === 1 ? t('1 pair') : t('{0} pairs', number(count));
}

export function number(count: number): string {
  return count.toLocaleString('en');
}
