/** Runs programs; never through a shell. */
import { execFile } from 'node:child_process';

export interface RunOptions {
  timeoutMs?: number;
  signal?: AbortSignal;
  /** Gets what the program says while it runs. */
  onOutput?: (text: string) => void;
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
        else reject(new Error(lastLine(stderr) || error.message));
      },
    );
    child.stdout?.on('data', (text) => options.onOutput?.(String(text)));
    child.stderr?.on('data', (text) => options.onOutput?.(String(text)));
  });
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
