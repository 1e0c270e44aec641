/** Runs programs; never through a shell. */
import { execFile } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface RunOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Gets the lines that the program says while it runs. */
  onLine?: (line: string) => void;
}

/** Returns what a program prints; rejects with a sentence that holds the end of what it said. */
export function run(command: string, args: string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      command,
      args,
      { timeout: options.timeoutMs ?? 0, signal: options.signal, windowsHide: true, maxBuffer: 1 << 24 },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else reject(lastLine(stderr) === '' ? error : new Error(lastLine(stderr)));
      },
    );
    for (const stream of [child.stdout, child.stderr]) {
      if (stream !== null && options.onLine !== undefined) createInterface(stream).on('line', options.onLine);
    }
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
