/** How a place in a document is named, in the few words there is room for. Pure. */
import type { Place } from './protocol';

/** The title of the document, or the name of its file. */
export function documentTitle(place: Place): string {
  return place.heading.split(' > ')[0] || fileName(place.path);
}

/** The section a place stands in, below the title of its document; the title when there is none below. */
export function sectionTitle(place: Place): string {
  return place.heading.split(' > ').at(-1) || fileName(place.path);
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** The beginning of a text, cut between words. */
export function beginning(text: string, characters: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  if (line.length <= characters) return line;
  const cut = line.slice(0, characters);
  const space = cut.lastIndexOf(' ');
  return `${space > characters / 2 ? cut.slice(0, space) : cut}…`;
}
