/** What the view of related passages says beside its rows. Pure. */
import type { FolderStatus, Related } from '../protocol';
import type { Translate } from '../translate';

export function messageFor(related: Related, folders: FolderStatus[], t: Translate): string {
  if (related.passage === null) return t('There is no passage at the cursor.');
  if (!related.complete) return whyIncomplete(related.passage.uri, folders, t);
  return t('Nothing else is written about this.');
}

/** Mostly the index is being built; otherwise the folder says what keeps it: its embedding server may be away. */
function whyIncomplete(uri: string, folders: FolderStatus[], t: Translate): string {
  const [folder] = folders
    .filter((each) => uri.startsWith(each.uri))
    .sort((one, other) => other.uri.length - one.uri.length);
  const isStopped = folder !== undefined && folder.message !== '' && typeof folder.percentage !== 'number';
  return isStopped
    ? t('Not everything can be found now: {0}', folder.message)
    : t('The index is still being built: more may be found later.');
}
