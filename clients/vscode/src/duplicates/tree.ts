/** What is written more than once, as a tree: kinds, groups, places. Pure. */
import { beginning } from '../place';
import type { DuplicateGroup, Place } from '../protocol';
import type { Translate } from '../translate';

export interface KindNode {
  kind: 'kind';
  label: string;
  groups: GroupNode[];
}

export interface GroupNode {
  kind: 'group';
  label: string;
  group: DuplicateGroup;
  places: DuplicatePlaceNode[];
}

export interface DuplicatePlaceNode {
  kind: 'duplicate';
  place: Place;
  parent: GroupNode;
}

export type DuplicatesNode = KindNode | GroupNode | DuplicatePlaceNode;

const LABEL = 70;

export function kindsOf(groups: DuplicateGroup[], t: Translate): KindNode[] {
  const kinds: [string, (group: DuplicateGroup) => boolean][] = [
    [t('The same text'), (group) => group.kind === 'exact' && !group.boilerplate],
    [t('Nearly the same'), (group) => group.kind === 'edited' && !group.boilerplate],
    [t('The same in other words'), (group) => group.kind === 'reworded' && !group.boilerplate],
    [t('In so many documents that it is a template'), (group) => group.boilerplate],
  ];
  return kinds
    .map(([label, belongs]): KindNode => ({ kind: 'kind', label, groups: groups.filter(belongs).map(groupNode) }))
    .filter((node) => node.groups.length > 0);
}

function groupNode(group: DuplicateGroup): GroupNode {
  const node: GroupNode = { kind: 'group', label: beginning(group.places[0]?.text ?? '', LABEL), group, places: [] };
  node.places = group.places.map((place) => ({ kind: 'duplicate', place, parent: node }));
  return node;
}

/** Tells whether two lists of groups look the same: their scores are not shown. */
export function looksTheSame(one: DuplicateGroup[], other: DuplicateGroup[]): boolean {
  const shown = (groups: DuplicateGroup[]) => JSON.stringify(groups.map((group) => ({ ...group, score: 0 })));
  return shown(one) === shown(other);
}

/** The pairs of a group that have to be marked so that nothing of it is reported any more: pairs of texts, each once. */
export function pairsOf({ places }: DuplicateGroup): [Place, Place][] {
  const pairs = new Map<string, [Place, Place]>();
  for (const [at, first] of places.entries()) {
    for (const second of places.slice(at + 1)) pairs.set([first.text, second.text].sort().join('\0'), [first, second]);
  }
  return [...pairs.values()];
}
