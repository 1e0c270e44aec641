/** The sentences of a passage. Pure. */

/** A sentence a line: how a paragraph is broken into lines says nothing about what it says. */
export function sentences(text: string): string {
  return (
    text
      .replaceAll(/\s+/g, ' ')
      .trim()
      .replaceAll(/([.!?]["')\]]?) /g, '$1\n')
      // Full stops of Chinese and Japanese are followed by no space.
      .replaceAll(/([。！？]) ?(?!$)/g, '$1\n')
  );
}
