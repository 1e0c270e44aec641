import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// The editor's own module exists only inside of it: tests of what uses it have a small one in its place.
const vscode = fileURLToPath(new URL('test/vscode.ts', import.meta.url));

export default defineConfig({ resolve: { alias: { vscode } }, test: { include: ['test/**/*.test.ts'] } });
