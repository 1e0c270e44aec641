--- `:checkhealth seealso`
local M = {}

local health = vim.health

local INSTALL = {
  'Install the server: in a clone of seealso, `pipx install .` or `uv tool install .` (the README says more).',
  'Or name the program: `vim.lsp.config("seealso", { cmd = { "/full/path/to/seealso", "lsp" } })`.',
}

local function check_server()
  health.start('seealso: server')
  local cmd = require('seealso.server').command()
  if not cmd then
    health.info('a function in your configuration (`cmd`) starts it or connects to it')
    return
  end
  local program = vim.fn.exepath(cmd[1])
  if program == '' then
    health.error(('`%s` cannot be run: it is not on the PATH, or not a program'):format(cmd[1]), INSTALL)
    return
  end
  local arguments = vim.list_slice(cmd, 2, (vim.fn.index(cmd, 'lsp')))
  local question = vim.list_extend({ program }, vim.list_extend(arguments, { '--version' }))
  local ok, run = pcall(vim.system, question, { text = true, timeout = 20000 })
  local done = ok and run:wait()
  if done and done.code == 0 then
    health.ok(('%s, %s'):format(vim.trim(done.stdout), program))
  else
    local reason = done and vim.trim(done.stderr) or tostring(run)
    health.error(('`%s` fails: %s'):format(table.concat(question, ' '), reason), INSTALL)
  end
end

local function check_editor()
  health.start('seealso: Neovim')
  if not require('seealso.server').enabled() then
    health.warn('it is not enabled', { 'Put `vim.lsp.enable("seealso")` into your init.lua.' })
  else
    health.ok('enabled for ' .. table.concat(vim.lsp.config.seealso.filetypes or { 'all file types' }, ', '))
  end
  if vim.lsp.inline_completion then
    health.ok('ghost text can be shown; `<Plug>(seealso-accept)` accepts it')
  else
    health.info('ghost text needs Neovim 0.12; all else works')
  end
  local picker, problem = require('seealso.pickers').which()
  if problem then
    health.warn(problem)
  else
    health.ok(('`:SeeAlso!` lets you choose in %s'):format(picker == 'select' and 'vim.ui.select()' or picker))
  end
end

local function check_folders()
  health.start('seealso: folders')
  local clients = require('seealso.client').all()
  if #clients == 0 then
    health.info('no server runs: open a document, then come back')
    return
  end
  for _, client in ipairs(clients) do
    local version = vim.tbl_get(client, 'server_info', 'version') or 'of an unknown version'
    local buffers = vim.tbl_count(client.attached_buffers)
    local documents = ('%d open %s'):format(buffers, buffers == 1 and 'document' or 'documents')
    health.info(('client %d runs seealso %s and has %s'):format(client.id, version, documents))
    if not client.root_dir then
      local markers = table.concat(vim.iter(vim.lsp.config.seealso.root_markers or {}):flatten():totable(), ', ')
      health.warn('it has no folder, and relates open documents to one another only', {
        ('Put one of these into the root of your documents: %s.'):format(markers),
      })
    end
  end
  local status = require('seealso.status')
  for _, folder in ipairs(status.folders()) do
    local report = folder.state == 'failed' and health.error or (folder.errors or 0) > 0 and health.warn or health.ok
    report(status.sentence(folder))
  end
end

--- Say what works and what does not.
function M.check()
  check_server()
  check_editor()
  check_folders()
end

return M
