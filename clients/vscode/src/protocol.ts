/** What the server's commands and notifications say; docs/protocol.md has the words. */

export interface Place {
  path: string;
  /** From 1. */
  line: number;
  /** From 1, inclusive. */
  end_line: number;
  /** Titles joined by ` > `. */
  heading: string;
  text: string;
  uri: string;
}

export type DuplicateKind = 'exact' | 'edited' | 'reworded' | 'parallel';

export interface Match extends Place {
  score: number;
  relation: DuplicateKind | null;
  same_document: boolean;
  linked: boolean;
  /** In words; null for what is not worth showing. */
  closeness: string | null;
}

export interface Related {
  passage: Place | null;
  duplicates: Match[];
  matches: Match[];
  /** False while passages are not embedded yet. */
  complete: boolean;
}

export interface SearchResult {
  matches: Match[];
  complete: boolean;
}

export interface DuplicateGroup {
  kind: DuplicateKind;
  score: number;
  boilerplate: boolean;
  places: Place[];
}

export interface DocumentProblem {
  path: string;
  reason: string;
}

interface IndexCounts {
  uri: string;
  documents: number;
  passages: number;
  embedded: number;
  pending: number;
  model: string;
  index_bytes: number;
  state: 'empty' | 'building' | 'partial' | 'ready' | 'failed';
  /** Unix time in seconds. */
  updated_at: number | null;
}

/** One folder of the notification `seealso/status`; a folder that cannot be opened has no counts. */
export interface FolderStatus extends Partial<Omit<IndexCounts, 'uri' | 'state'>> {
  uri: string;
  name: string;
  state: IndexCounts['state'];
  /** How many. */
  errors?: number;
  message: string;
  percentage?: number | null;
}

export interface FolderProblems {
  uri: string;
  errors: DocumentProblem[];
}
