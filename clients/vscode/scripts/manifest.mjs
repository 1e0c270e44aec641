// The settings in package.json and package.nls.json, made from the server's schema:
//   node scripts/manifest.mjs          writes them
//   node scripts/manifest.mjs --check  ends with 1 when they are not what they should be
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const MANIFEST = at('../package.json');
const WORDS = at('../package.nls.json');
const SCHEMA = at('../../../docs/settings.schema.json');

/** What an untrusted folder may not say: where text is sent, with which key, and what is run or read on this machine. */
const RESTRICTED_SECTIONS = ['embedding', 'vllm'];
const RESTRICTED = ['index.maxFileBytes', 'index.useIgnoreFiles'];

const OWN = {
  'seealso.path': { type: 'string', default: '', scope: 'machine-overridable', order: 0 },
  'seealso.trace.server': { type: 'string', enum: ['off', 'messages', 'verbose'], default: 'off', scope: 'window' },
};

/** Returns each setting of the server with its name and what the schema says of it. */
function options(schema) {
  return Object.entries(schema.properties).flatMap(([section, { properties }]) =>
    Object.entries(properties).map(([key, option]) => ({ section, name: `${section}.${key}`, option })),
  );
}

function isRestricted({ section, name }) {
  return RESTRICTED_SECTIONS.includes(section) || RESTRICTED.includes(name);
}

/** Returns package.json with the settings as they should be. */
export function withSettings(manifest, schema) {
  const all = options(schema);
  const properties = Object.fromEntries(
    all.map((each) => {
      const { description: _, ...rest } = each.option;
      const scope = isRestricted(each) ? 'machine-overridable' : 'resource';
      return [`seealso.${each.name}`, { ...rest, scope, markdownDescription: `%settings.${each.name}%` }];
    }),
  );
  const own = Object.fromEntries(
    Object.entries(OWN).map(([name, option]) => [
      name,
      { ...option, markdownDescription: `%settings.${name.slice('seealso.'.length)}%` },
    ]),
  );
  const restricted = ['seealso.path', ...all.filter(isRestricted).map(({ name }) => `seealso.${name}`)];
  const result = structuredClone(manifest);
  result.contributes.configuration = { title: 'seealso', properties: { ...own, ...properties } };
  result.capabilities.untrustedWorkspaces.restrictedConfigurations = restricted;
  return result;
}

/** Returns package.nls.json with the descriptions of the settings as they should be. */
export function withDescriptions(words, schema) {
  const described = options(schema).map(({ name, option }) => [`settings.${name}`, option.description]);
  const ours = Object.keys(OWN).map((name) => `settings.${name.slice('seealso.'.length)}`);
  const kept = Object.entries(words).filter(([key]) => !key.startsWith('settings.') || ours.includes(key));
  return Object.fromEntries([...kept, ...described]);
}

function read(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function main() {
  const schema = read(SCHEMA);
  const wanted = [
    [MANIFEST, withSettings(read(MANIFEST), schema)],
    [WORDS, withDescriptions(read(WORDS), schema)],
  ];
  for (const [path, value] of wanted) {
    const text = `${JSON.stringify(value, null, 2)}\n`;
    if (!process.argv.includes('--check')) writeFileSync(path, text);
    else if (JSON.stringify(read(path)) !== JSON.stringify(value)) {
      console.error(`${path} is not what docs/settings.schema.json says: run "npm run manifest".`);
      process.exitCode = 1;
    }
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
