/** What is related to a passage, as a tree: documents, and the places in them. Pure. */
import { documentTitle } from '../place';
import type { Match, Related } from '../protocol';

export interface PlaceNode {
  kind: 'place';
  match: Match;
  parent: DocumentNode;
}

export interface DocumentNode {
  kind: 'document';
  uri: string;
  path: string;
  title: string;
  isSame: boolean;
  places: PlaceNode[];
}

export type RelatedNode = DocumentNode | PlaceNode;

/** Documents in the order of their best place; duplicates come first, and what is not worth showing not at all. */
export function documentsOf(related: Related): DocumentNode[] {
  const documents = new Map<string, DocumentNode>();
  for (const match of [...related.duplicates, ...related.matches]) {
    if (match.closeness === null) continue;
    let document = documents.get(match.uri);
    if (document === undefined) {
      const { uri, path, same_document: isSame } = match;
      document = { kind: 'document', uri, path, title: documentTitle(match), isSame, places: [] };
      documents.set(uri, document);
    }
    document.places.push({ kind: 'place', match, parent: document });
  }
  return [...documents.values()];
}

/** Tells whether two trees look the same; a score is not shown, and changes with each word of the passage. */
export function looksTheSame(one: DocumentNode[], other: DocumentNode[]): boolean {
  return shown(one) === shown(other);
}

function shown(documents: DocumentNode[]): string {
  return JSON.stringify(
    documents.map(({ places, ...document }) => [document, places.map(({ match }) => ({ ...match, score: 0 }))]),
  );
}

/** The icon that says how a place stands to the passage: a copy, linked already, in the same file, or none of these. */
export function iconOf(match: Match): string {
  if (match.relation === 'parallel') return 'versions';
  if (match.relation !== null) return 'copy';
  if (match.linked) return 'link';
  return match.same_document ? 'list-selection' : 'note';
}

/** What menus ask for. */
export function contextOf(node: RelatedNode): string {
  if (node.kind === 'document') return 'document';
  return node.match.relation === null ? 'place' : 'place-repeated';
}
