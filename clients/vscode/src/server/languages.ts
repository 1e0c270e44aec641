/** The languages of the manifest whose documents go to the server. Pure. */

export interface Languages {
  activationEvents: string[];
  /** By the setting that switches them on. */
  optionalLanguages: Record<string, string[]>;
}

/** Returns those that start this extension, and those that are switched on. */
export function languages(manifest: Languages, isOn: (setting: string) => boolean): string[] {
  const start = 'onLanguage:';
  const always = manifest.activationEvents.filter((event) => event.startsWith(start));
  const optional = Object.entries(manifest.optionalLanguages).filter(([setting]) => isOn(setting));
  return [...always.map((event) => event.slice(start.length)), ...optional.flatMap(([, those]) => those)];
}

/** Where documents lie that the server reads; others, such as those of a comparison, are the editor's own. */
export const SCHEMES = ['file', 'untitled'];
