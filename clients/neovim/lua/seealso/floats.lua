--- Hovers and diagnostics of documents of ours, as Neovim shows them in floats: lines are broken between words, and
--- |gF| opens the place under the cursor in the window somebody came from, not in the float.
local clients = require('seealso.client')
local ui = require('seealso.ui')

local M = {}

--- Empty rows that are left below a float that needs more room than Neovim gave it.
local BELOW = 2

---@param path string
---@param folders string[]
---@return string? absolute path of a file
local function file(path, folders)
  for _, folder in ipairs(folders) do
    local absolute = vim.startswith(path, '/') and path or vim.fs.joinpath(folder, path)
    if (vim.uv.fs_stat(absolute) or {}).type == 'file' then
      return absolute
    end
  end
end

--- The file of `path:line` that ends before a byte; its name may hold spaces, so the longest that exists is meant.
---@param text string
---@param stop integer
---@param folders string[]
---@return string? path
---@return integer? start
local function file_before(text, stop, folders)
  local start = 1
  while start and start < stop do
    local path = file(text:sub(start, stop - 1), folders)
    if path then
      return path, start
    end
    start = select(2, text:find('[%s(`]+', start))
    start = start and start + 1
  end
end

--- The last place in a line of text that begins before a column, or the first one; else the document it names.
---@param text string
---@param column integer from 1
---@param folders string[]
---@return { uri: string, line: integer }?
function M.place(text, column, folders)
  local place
  for stop, line in text:gmatch('():(%d+)') do
    local path, start = file_before(text, stop, folders)
    if path and (not place or start <= column) then
      place = { uri = vim.uri_from_fname(path), line = tonumber(line) }
    end
  end
  for piece in vim.gsplit(place and '' or text, ' · ', { plain = true }) do
    local path = file(piece, folders)
    if path then
      return { uri = vim.uri_from_fname(path), line = 1 }
    end
  end
  return place
end

--- The line of an entry about the same document. It stands at the end: a title may hold the same words.
---@param text string
---@return integer?
function M.line(text)
  return tonumber(text:match(' · line (%d+)$') or text:match(' · line (%d+) · already linked$'))
end

--- As it is read: without the backslashes and the invisible character that keep Markdown from taking it for markup.
---@param text string
---@return string
local function shown(text)
  return (text:gsub('\\(%p)', '%1'):gsub('\205\143', ''))
end

--- The place that the entry at the cursor is about.
---@param source integer buffer
---@return { uri: string, line: integer }?
local function place_at_cursor(source)
  local folders = {}
  for _, client in ipairs(vim.lsp.get_clients({ bufnr = source, name = clients.NAME })) do
    for _, folder in ipairs(client.workspace_folders or {}) do
      folders[#folders + 1] = vim.uri_to_fname(folder.uri)
    end
  end
  folders[#folders + 1] = vim.fs.dirname(vim.api.nvim_buf_get_name(source))
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  while row > 0 do
    local raw = vim.fn.getline(row)
    local text = shown(raw)
    local line = M.line(text)
    local place = line and { uri = vim.uri_from_bufnr(source), line = line }
      or M.place(text, #shown(raw:sub(1, column + 1)), folders)
    if place or text:match('^%S') then
      return place
    end
    row, column = row - 1, vim.v.maxcol
  end
end

--- The document of ours that a float is about.
---@param window integer
---@return integer? buffer
local function source_of(window)
  local source = vim.api.nvim_win_get_config(window).relative ~= '' and vim.w[window].lsp_floating_bufnr
  if source and #vim.lsp.get_clients({ bufnr = source, name = clients.NAME }) > 0 then
    return source
  end
end

---@param window integer
---@return boolean
local function is_float(window)
  return vim.api.nvim_win_get_config(window).relative ~= ''
end

--- Open the place at the cursor. Its buffer may be shown in a window that is no float, and the float be closed.
---@param keys 'gf'|'gF'
---@param source integer buffer
local function follow(keys, source)
  local place = place_at_cursor(source)
  if not place then
    -- Something else may be there that Neovim finds: other servers have their say in the same float.
    if not pcall(vim.cmd.normal, { keys, bang = true }) then
      ui.say('no place stands in this line')
    end
    return
  end
  local window = vim.api.nvim_get_current_win()
  local before = vim.fn.win_getid(vim.fn.winnr('#'))
  if before == 0 or is_float(before) then
    before = vim.fn.win_findbuf(source)[1]
  end
  if is_float(window) then
    vim.api.nvim_win_close(window, true)
  end
  ui.jump(place, before)
end

--- Somebody has entered a window.
local function entered()
  local source = source_of(vim.api.nvim_get_current_win())
  if not source then
    return
  end
  for _, keys in ipairs({ 'gf', 'gF' }) do
    vim.keymap.set('n', keys, function()
      follow(keys, source)
    end, { buffer = 0, desc = 'Open this place in the window before' })
  end
end

---@param buffer integer
local function shown_as_markdown(buffer)
  local window = vim.fn.bufwinid(buffer)
  if window == -1 or not source_of(window) then
    return
  end
  vim.wo[window][0].linebreak = true
  -- Neovim has counted the lines as if words were broken, and is not done with the height.
  vim.schedule(function()
    if vim.api.nvim_win_is_valid(window) then
      local top, height = vim.fn.win_screenpos(window)[1], vim.api.nvim_win_get_height(window)
      local hangs = vim.api.nvim_win_get_config(window).anchor:find('^N')
      local room = hangs and vim.o.lines - vim.o.cmdheight - BELOW - top or top + height - 1
      local wanted = math.min(vim.api.nvim_win_text_height(window, {}).all, room)
      if wanted > height then
        vim.api.nvim_win_set_height(window, wanted)
      end
    end
  end)
end

--- Look after floats from now on.
function M.watch()
  local group = vim.api.nvim_create_augroup('seealso.floats', {})
  vim.api.nvim_create_autocmd('WinEnter', { group = group, callback = entered })
  vim.api.nvim_create_autocmd('FileType', {
    group = group,
    pattern = 'markdown',
    callback = function(event)
      shown_as_markdown(event.buf)
    end,
  })
end

return M
