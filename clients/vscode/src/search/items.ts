/** What a search shows for each match. Pure. */
import { closenessIn } from '../closeness';
import { beginning, sectionTitle } from '../place';
import type { Match } from '../protocol';
import type { Translate } from '../translate';

const SNIPPET = 160;

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

/** The address of the document that holds the results of a search. */
export function pageOf(query: string): string {
  return `seealso:search/${encodeURIComponent(query)}.md`;
}
