/** What a search shows for each match. Pure. */
import { closenessIn } from '../closeness';
import { beginning, sectionTitle } from '../place';
import type { Match } from '../protocol';
import type { Translate } from '../translate';

const SNIPPET = 160;
/** Characters of a symbol behind what was typed, so that the editor has room for where it stands. */
const SYMBOL = 45;

export interface MatchText {
  label: string;
  description: string;
  detail: string;
}

export function matchText(match: Match, t: Translate): MatchText {
  return {
    label: sectionTitle(match),
    description: `${closenessIn(match.closeness, t)} · ${match.path}:${match.line}`,
    detail: beginning(match.text, SNIPPET),
  };
}

/** What is worth showing; the server says so by naming how close it is. */
export function worthShowing(matches: Match[]): Match[] {
  return matches.filter((match) => match.closeness !== null);
}

/** The name of a symbol, which begins with what was typed: the editor leaves out those that do not. */
export function symbolName(name: string, typed: string): string {
  // The server leaves out needless spaces of it.
  const start = typed.replaceAll(/\s+/g, ' ').trim();
  const [head, rest] = name.startsWith(start) ? [start, name.slice(start.length)] : ['', name];
  return `${head}${rest.startsWith(' ') ? ' ' : ''}${beginning(rest, SYMBOL)}`;
}

/** The address of the document that holds the results of a search. */
export function pageOf(query: string): string {
  return `seealso:search/${encodeURIComponent(query)}.md`;
}
