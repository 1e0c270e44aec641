// Makes the .vsix files out of dist/:
//   node scripts/package.mjs                      without the server, under 1 MB
//   node scripts/package.mjs --with-server [WHEEL]  with the server's wheel (made of this clone), for any platform
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAX_BYTES = 1_000_000;
const root = fileURLToPath(new URL('..', import.meta.url));
const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const [option, wheel] = process.argv.slice(2);
const withServer = option === '--with-server';
if ((option !== undefined && !withServer) || (wheel !== undefined && !wheel.endsWith('-py3-none-any.whl'))) {
  console.error('usage: node scripts/package.mjs [--with-server [WHEEL-for-every-platform.whl]]');
  process.exit(2);
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw error ?? new Error(`${command} ended with ${status}.`);
}

function vsce(...args) {
  run(process.execPath, join(root, 'node_modules/@vscode/vsce/vsce'), ...args);
}

const carried = join(root, 'wheel');
rmSync(carried, { recursive: true, force: true });
if (withServer) {
  mkdirSync(carried);
  if (wheel !== undefined) {
    copyFileSync(resolve(wheel), join(carried, basename(wheel)));
  } else {
    const python = process.platform === 'win32' ? 'py' : 'python3';
    run(python, '-m', 'pip', 'wheel', '--quiet', '--no-deps', '--wheel-dir', carried, join(root, '../..'));
    console.log(readdirSync(carried).join(' '));
  }
}
copyFileSync(join(root, '../../LICENSE'), join(root, 'LICENSE'));
const file = join(root, `${name}${withServer ? '-with-server' : ''}-${version}.vsix`);
vsce('package', '--no-dependencies', '--allow-missing-repository', '--out', file);
rmSync(carried, { recursive: true, force: true });
const { size } = statSync(file);
console.log(`${basename(file)}: ${size} bytes`);
if (!withServer && size >= MAX_BYTES) throw new Error(`The .vsix has ${MAX_BYTES} bytes or more.`);
