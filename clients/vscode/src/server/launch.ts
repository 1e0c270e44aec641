/** Ways to start the server, as data. */
import { homedir } from 'node:os';
import { basename, delimiter, isAbsolute, join } from 'node:path';

export type Origin = 'setting' | 'interpreter' | 'path' | 'environment';

export interface Launch {
  command: string;
  /** Before `lsp` or `--version`. */
  args: string[];
  origin: Origin;
}

/** A program is `seealso` itself, or a Python that has it. */
export function launchOf(program: string, origin: Origin): Launch {
  const isPython = /^(python|pypy|py)[\d.]*(\.exe)?$/i.test(basename(program));
  return { command: program, args: isPython ? ['-m', 'seealso'] : [], origin };
}

/** What a writer puts into the setting, as a path. */
export function expanded(program: string, folder: string | undefined): string {
  const rooted = folder === undefined ? program : program.replaceAll('${workspaceFolder}', folder);
  return rooted === '~' || rooted.startsWith('~/') ? join(homedir(), rooted.slice(1)) : rooted;
}

/** Where a program may lie. Relative entries are left out: they would run what lies in the folder that is open. */
export function onPath(name: string, env: NodeJS.ProcessEnv, platform: NodeJS.Platform): string[] {
  const names = platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute);
  return folders.flatMap((folder) => names.map((each) => join(folder, each)));
}

/** The Python of a virtual environment. */
export function pythonIn(environment: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? join(environment, 'Scripts', 'python.exe') : join(environment, 'bin', 'python');
}
