--- `seealso:` documents, which only the server has: the results of a search, a report of duplicates.
local ui = require('seealso.ui')

local M = {}

local FOLDER = 'folder='

local SPACE = vim.api.nvim_create_namespace('seealso.pages')

--- The address of the results of a search.
---@param query string
---@return string
function M.search(query)
  return ('seealso:search/%s.md'):format(vim.uri_encode(query, 'rfc3986'):gsub('/', '%%2F'))
end

M.DUPLICATES = 'seealso:duplicates.md'

--- Neovim writes the working folder before what it does not take for an address.
---@param name string
---@return string?
local function address(name)
  return name:match('seealso:search/.*$') or name:match('seealso:duplicates%.md.*$')
end

--- The server that has the folder an address names, or the one nearest to where the user has been.
---@param uri string
---@return vim.lsp.Client?
local function client_for(uri)
  local clients = require('seealso.client')
  local folder = uri:match('[?]' .. FOLDER .. '(.+)$')
  folder = folder and vim.uri_decode(folder)
  for _, client in ipairs(folder and clients.all() or {}) do
    for _, one in ipairs(client.workspace_folders or {}) do
      if one.uri == folder then
        return client
      end
    end
  end
  return clients.need()
end

--- Show the text, with the titles of links in place of the links: lines are broken as if what is concealed were there.
---@param bufnr integer
---@param text string
local function fill(bufnr, text)
  local view = vim.api.nvim_get_current_buf() == bufnr and vim.fn.winsaveview()
  local lines, links = vim.split(vim.trim(text), '\n'), {}
  for row, line in ipairs(lines) do
    local title, uri, rest = line:match('^%- %[(.*)%]%((file:[^)]+)%)(.*)$')
    if title then
      lines[row] = ('- %s%s'):format(title, rest)
      links[row] = { uri = uri, last = #'- ' + #title }
    end
  end
  vim.bo[bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, lines)
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].modified = false
  vim.api.nvim_buf_clear_namespace(bufnr, SPACE, 0, -1)
  for row, link in pairs(links) do
    local options = { end_col = link.last, hl_group = '@markup.link.label', url = link.uri }
    vim.api.nvim_buf_set_extmark(bufnr, SPACE, row - 1, #'- ', options)
  end
  if view then
    vim.fn.winrestview(view)
  end
end

---@param bufnr integer
---@param uri string
local function load(bufnr, uri)
  local client = client_for(uri)
  if not client then
    return
  end
  client:request('workspace/textDocumentContent', { uri = uri }, function(failure, result)
    if not vim.api.nvim_buf_is_valid(bufnr) then
      return
    end
    if failure then
      ui.warn(failure.message)
    else
      fill(bufnr, result.text)
    end
  end, bufnr)
end

--- Go where the link leads that stands in the line of the cursor or, in the same entry, above it.
local function follow()
  local row = vim.api.nvim_win_get_cursor(0)[1]
  while row > 1 and vim.fn.getline(row):match('^  ') do
    row = row - 1
  end
  local mark = vim.api.nvim_buf_get_extmarks(0, SPACE, { row - 1, 0 }, { row - 1, -1 }, { details = true })[1]
  if mark then
    local path, line = mark[4].url:match('^(.-)#L?(%d+)')
    ui.jump({ uri = path or mark[4].url, line = tonumber(line) or 1 })
  end
end

--- Open an address, here if this window may show it.
---@param uri string
function M.open(uri)
  ui.leave_fixed()
  vim.cmd.edit({ args = { uri }, magic = { file = false, bar = false } })
end

--- Read one into its buffer, for |BufReadCmd|.
---@param bufnr integer
---@param name string
function M.read(bufnr, name)
  local uri = address(name)
  if not uri then
    return
  end
  vim.bo[bufnr].buftype = 'nofile'
  vim.bo[bufnr].swapfile = false
  vim.bo[bufnr].filetype = 'markdown'
  -- Neovim comes with the parsers of Markdown; some builds leave them out.
  pcall(vim.treesitter.start, bufnr, 'markdown')
  vim.opt_local.conceallevel = 2
  vim.opt_local.concealcursor = 'nc'
  vim.opt_local.wrap = true
  vim.opt_local.linebreak = true
  for _, keys in ipairs({ '<CR>', 'gf', 'gF' }) do
    vim.keymap.set('n', keys, follow, { buffer = bufnr, desc = 'Open the passage of this line' })
  end
  load(bufnr, uri)
end

--- Read one again that somebody may still look at.
---@param uri string
function M.refresh(uri)
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) and address(vim.api.nvim_buf_get_name(bufnr)) == uri then
      load(bufnr, uri)
    end
  end
end

return M
