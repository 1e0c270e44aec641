--- What the commands do.
local clients = require('seealso.client')
local lists = require('seealso.lists')
local ui = require('seealso.ui')

local M = {}

--- Passages listed for one question, at most.
local MATCHES = 20

--- Cells of a question in the title of a list.
local TITLE = 45

---@return string? selected text, when there is some
local function selection()
  local mode = vim.fn.mode()
  if mode == 'v' or mode == 'V' or mode == '\22' then
    local lines = vim.fn.getregion(vim.fn.getpos('v'), vim.fn.getpos('.'), { type = mode })
    vim.api.nvim_feedkeys('\27', 'nx', false)
    return table.concat(lines, ' ')
  end
end

---@param client vim.lsp.Client
---@param title string
---@param items vim.quickfix.entry[]
---@param places seealso.Place[]
---@param pick? boolean
---@param window? integer
local function present(client, title, items, places, pick, window)
  if #items == 0 then
    ui.say(client.root_dir and 'nothing was found' or 'nothing was found in the open documents. ' .. ui.MAKE_FOLDER)
    return
  end
  if not client.root_dir then
    ui.say('only the open documents are known. ' .. ui.MAKE_FOLDER)
  end
  if pick then
    require('seealso.pickers').pick(title, places)
  else
    lists.show(title, items, window)
  end
end

---@param matches seealso.Match[]
---@return seealso.Match[]
local function worthwhile(matches)
  return vim.tbl_filter(function(match)
    return match.closeness ~= nil
  end, matches)
end

---@param places seealso.Match[]
---@return vim.quickfix.entry[]
local function marked(places)
  return vim.tbl_map(function(match)
    return lists.item(match, match.closeness)
  end, places)
end

--- Search while somebody types, in a picker.
---@return boolean whether there is one
local function search_live()
  local client, request = clients.need(), nil
  if not client then
    return true -- it has been said why
  end
  return require('seealso.pickers').live('Search by meaning', function(query, tell)
    if request then
      clients.cancel(client, request)
    end
    request = clients.command(client, 'search', { query = query, limit = MATCHES }, function(result)
      tell(worthwhile(result.matches))
    end, function()
      tell({})
    end)
  end)
end

---@param query? string
---@param options? { pick?: boolean }
function M.search(query, options)
  query = query or selection()
  if not query and options and options.pick and search_live() then
    return
  end
  if not query then
    vim.ui.input({ prompt = 'Search: ' }, function(answer)
      if answer and vim.trim(answer) ~= '' then
        M.search(answer, options)
      end
    end)
    return
  end
  local client = clients.need()
  if not client then
    return
  end
  clients.command(client, 'search', { query = query, limit = MATCHES }, function(result)
    local matches = worthwhile(result.matches)
    if not result.complete then
      ui.say('the index is still being built: more will be found later')
    end
    present(client, 'See also: ' .. ui.cut(query, TITLE), marked(matches), matches, options and options.pick)
  end)
end

--- What is related to the passage at the cursor, as a location list or to choose from.
---@param options? { pick?: boolean }
function M.related(options)
  local client = clients.need()
  if not client then
    return
  end
  local window, bufnr = vim.api.nvim_get_current_win(), vim.api.nvim_get_current_buf()
  local at = {
    uri = vim.uri_from_bufnr(bufnr),
    position = { line = vim.api.nvim_win_get_cursor(window)[1] - 1, character = 0 },
  }
  clients.command(client, 'showRelated', at, function(result)
    local found = vim.list_extend(result.duplicates, worthwhile(result.matches))
    local about = result.passage and lists.title(result.passage) or ''
    present(client, 'See also: ' .. about, marked(found), found, options and options.pick, window)
  end)
end

---@param options? { kinds?: string[], pick?: boolean }
function M.duplicates(options)
  options = options or {}
  local client = clients.need()
  if not client then
    return
  end
  clients.command(client, 'listDuplicates', { kinds = options.kinds }, function(result)
    local places = {}
    for _, group in ipairs(result.groups) do
      vim.list_extend(places, group.places)
    end
    present(client, 'Duplicates', lists.groups(result.groups), places, options.pick)
  end)
end

function M.insert()
  local context = { only = { 'refactor.rewrite.seealso', 'source.seealso' }, diagnostics = {} }
  if #vim.lsp.get_clients({ bufnr = 0, name = clients.NAME }) > 0 then
    vim.lsp.buf.code_action({ context = context })
  else
    ui.warn('it does not read this document')
  end
end

---@param rebuild boolean
function M.update(rebuild)
  local client = clients.need()
  if not client then
    return
  end
  clients.command(client, rebuild and 'rebuildIndex' or 'updateIndex', {}, function(result)
    for _, folder in ipairs(result.folders) do
      local name = vim.fs.basename(vim.uri_to_fname(folder.uri))
      local verb = folder.cancelled and 'was stopped' or 'is up to date'
      ui.say(('%s %s: %d documents'):format(name, verb, folder.documents))
    end
  end)
end

function M.status()
  if not clients.need() then
    return
  end
  local status = require('seealso.status')
  local folders = status.folders()
  if #folders == 0 then
    ui.say('no folder is open: only the open documents are known. ' .. ui.MAKE_FOLDER)
  end
  for _, folder in ipairs(folders) do
    ui.say(status.sentence(folder))
  end
end

return M
