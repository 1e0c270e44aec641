// Check how the Lua files of a folder are written, or write them so:
//   node stylua.mjs MODULES FOLDER [--write]
// MODULES is where npm has installed @johnnymorganz/stylua, which is StyLua itself as WebAssembly.
// Its own program is on no registry; this reads the same stylua.toml, as far as ours goes.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'

const [modules, folder, write] = process.argv.slice(2)
const stylua = createRequire(join(resolve(modules), 'x.js'))('@johnnymorganz/stylua')

const settings = readFileSync(join(folder, 'stylua.toml'), 'utf8')

// A new one for each file: it is used up.
function style() {
  const config = stylua.Config.new()
  const enums = { indent_type: stylua.IndentType, quote_style: stylua.QuoteStyle }
  for (const [, name, value] of settings.matchAll(/^(\w+) = "?(\w+)"?$/gm)) {
    config[name] = name in enums ? enums[name][value] : Number(value)
  }
  return config
}

let wrong = 0
for (const entry of readdirSync(folder, { recursive: true })) {
  if (!entry.endsWith('.lua')) continue
  const path = join(folder, entry)
  const text = readFileSync(path, 'utf8')
  const wanted = stylua.formatCode(text, style(), undefined, stylua.OutputVerification.Full)
  if (wanted === text) continue
  if (write) {
    writeFileSync(path, wanted)
  } else {
    console.error(`${path} is not as StyLua would write it`)
    wrong += 1
  }
}
process.exit(wrong > 0 ? 1 : 0)
