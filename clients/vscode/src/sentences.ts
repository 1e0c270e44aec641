/** The sentences of a passage. Pure. */

/** What an item of a list begins with; a paragraph may be broken before a year, which has more digits. */
const ITEM = /^(?:[-*+•]|#\.|\d{1,3}[.)])\s/;
/** A row of a table, the border of one, or a line that is one line for its writer. */
const ROW = /^(?:\||\+[-=])/;
/** Full stops of Chinese and Japanese are followed by no space. */
const END = /[.!?]+["')\]»”’]* |[。！？]+[」』”’）】]* ?/g;
/** Words before a full stop that ends no sentence: a letter as in `z. B.`, and these. */
const ABBREVIATION = /(?<![\p{L}\p{N}])(?:\p{L}|bzw|ca|cf|Dr|etc|Fig|Mr|Mrs|Ms|Prof|Sec|vs)$/u;
const NUMBER = /^\d+$/;

/** A sentence a line: how a paragraph is broken into lines says nothing about what it says. Items and rows stay. */
export function sentences(text: string): string {
  return blocks(text).flatMap(sentencesIn).join('\n');
}

/** Paragraphs, items and rows, each in one line. */
function blocks(text: string): string[] {
  const found: string[] = [];
  let isNew = true;
  for (const line of text.split('\n').map((each) => each.replaceAll(/\s+/g, ' ').trim())) {
    if (line === '') isNew = true;
    else if (isNew || ITEM.test(line) || ROW.test(line)) {
      found.push(line);
      isNew = false;
    } else found.push(`${found.pop()} ${line}`);
  }
  return found;
}

function sentencesIn(block: string): string[] {
  if (ROW.test(block)) return [block];
  const found: string[] = [];
  let start = 0;
  for (const { 0: end, index } of block.matchAll(END)) {
    const head = block.slice(start, index);
    if (end.startsWith('.') && (ABBREVIATION.test(head) || NUMBER.test(head))) continue;
    found.push(block.slice(start, index + end.length).trim());
    start = index + end.length;
  }
  return [...found, block.slice(start)].filter((each) => each !== '');
}
