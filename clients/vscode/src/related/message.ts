/** What the view of related passages says beside its rows. Pure. */
import type { FolderStatus, Related } from '../protocol';
import type { Translate } from '../translate';

export function messageFor(related: Related, folders: FolderStatus[], t: Translate): string {
  if (related.passage === null) return t('There is no passage at the cursor.');
  if (!related.complete) return whyIncomplete(related.passage.uri, folders, t);
  return t('Nothing else is written about this.');
}

/** The folder says what is being done, or what keeps it: its embedding server may be away. */
function whyIncomplete(uri: string, folders: FolderStatus[], t: Translate): string {
  const [folder] = folders
    .filter((each) => uri.startsWith(each.uri))
    .sort((one, other) => other.uri.length - one.uri.length);
  const reason = folder?.message.replace(/^stopped: /, '') ?? '';
  return reason === ''
    ? t('The index is still being built: more may be found later.')
    : t('Not everything can be found now: {0}', reason);
}
