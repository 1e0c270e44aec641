/** What the view of related passages says beside its rows. Pure. */
import type { FolderStatus, Related } from '../protocol';
import type { Translate } from '../translate';

export function messageFor(related: Related, folders: FolderStatus[], t: Translate): string {
  if (related.passage === null) return t('There is no passage at the cursor.');
  if (!related.complete) return whyIncomplete(related.passage.uri, folders, t);
  return t('Nothing else is written about this.');
}

const STOPPED = 'stopped: ';

/** The folder says what keeps it: its embedding server may be away. How far it is stands in the status bar. */
function whyIncomplete(uri: string, folders: FolderStatus[], t: Translate): string {
  const path = pathOf(uri);
  const [folder] = folders
    .filter((each) => path.startsWith(pathOf(each.uri)))
    .sort((one, other) => pathOf(other.uri).length - pathOf(one.uri).length);
  if (folder !== undefined && (folder.percentage ?? null) === null && folder.message.startsWith(STOPPED))
    return t('Not everything can be found now: {0}', folder.message.slice(STOPPED.length));
  return t('The index is still being built: more may be found later.');
}

/** With a slash at its end. One path is spelled in many ways: `file:///C:/docs` is `file:///c%3A/docs`. */
function pathOf(uri: string): string {
  const decoded = decodeURIComponent(uri).replace(/^file:\/\/\/[A-Z]:/, (drive) => drive.toLowerCase());
  return decoded.endsWith('/') ? decoded : `${decoded}/`;
}
