/** How bad what a program says is. Pure. */

/** Of one line of pip or uv. */
export function levelOf(line: string): 'error' | 'warn' | 'info' {
  if (/^\s*(error\b|×)/i.test(line)) return 'error';
  return /^\s*warning\b/i.test(line) ? 'warn' : 'info';
}
