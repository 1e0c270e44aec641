/** Asks a program whether it is a server. */
import type { Launch } from './launch';
import { run } from './run';
import { versionIn } from './versions';

const PATIENCE_MS = 20_000;

/** Returns the version of the server that a launch starts; rejects with the reason why it starts none. */
export async function probe(launch: Launch): Promise<string> {
  const output = await run(launch.command, [...launch.args, '--version'], { timeoutMs: PATIENCE_MS });
  const version = versionIn(output);
  if (version === undefined) throw new Error(`${launch.command} says: ${output.trim().slice(0, 200)}`);
  return version;
}
