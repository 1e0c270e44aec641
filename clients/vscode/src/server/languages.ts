/** The languages of the manifest: they start this extension, and their documents go to the server. Pure. */
export function languages(activationEvents: string[]): string[] {
  const start = 'onLanguage:';
  return activationEvents.filter((event) => event.startsWith(start)).map((event) => event.slice(start.length));
}

/** Where documents lie that the server reads; others, such as those of a comparison, are the editor's own. */
export const SCHEMES = ['file', 'untitled'];
