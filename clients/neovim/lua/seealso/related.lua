--- The window of related passages. It follows the cursor through all documents of the server; there is one.
local clients = require('seealso.client')
local panel = require('seealso.panel')
local ui = require('seealso.ui')

local M = {}

--- Quiet time before the server is asked.
local SETTLE_MS = 150

local NARROW, WIDE = 30, 52

local SPACE = vim.api.nvim_create_namespace('seealso.related')
local GROUP = 'seealso.related'

--- Why nothing happens.
local NO_PASSAGE = 'no passage stands in this line'

---@class seealso.View
---@field window integer
---@field buffer integer
---@field style 'split'|'float'
---@field source? integer window whose cursor it follows
---@field panel? seealso.Panel
---@field related? seealso.Related
---@field asked? string the passage or line that was asked about, so that moving inside it asks nothing
---@field timer? uv.uv_timer_t
---@field client? vim.lsp.Client
---@field request? integer

---@type seealso.View?
local view

---@return boolean
function M.is_open()
  return view ~= nil and vim.api.nvim_win_is_valid(view.window)
end

local function draw()
  if not view or not view.related or not M.is_open() then
    return
  end
  local is_loose = view.client ~= nil and not view.client.root_dir
  local shown = panel.of(view.related, vim.api.nvim_win_get_width(view.window) - 1, is_loose)
  view.panel = shown
  vim.bo[view.buffer].modifiable = true
  vim.api.nvim_buf_set_lines(view.buffer, 0, -1, false, shown.lines)
  vim.bo[view.buffer].modifiable = false
  vim.api.nvim_buf_clear_namespace(view.buffer, SPACE, 0, -1)
  for _, mark in ipairs(shown.marks) do
    local options = { end_col = mark.last, hl_group = mark.group }
    vim.api.nvim_buf_set_extmark(view.buffer, SPACE, mark.row, mark.first, options)
  end
  if vim.api.nvim_get_current_win() ~= view.window then
    vim.api.nvim_win_set_cursor(view.window, { 1, 0 })
  end
  if view.style == 'float' then
    vim.api.nvim_win_set_height(view.window, math.min(#shown.lines, math.max(vim.o.lines - 6, 1)))
  end
end

--- Whether the cursor is still in the passage that is shown, and nothing has been written since.
---@param bufnr integer
---@param line integer
local function is_shown(bufnr, line)
  local passage = view and view.related and view.related.passage
  return view
    and passage
    and view.asked == ('%d %d'):format(bufnr, vim.b[bufnr].changedtick)
    and passage.line <= line
    and line <= passage.end_line
end

--- Ask what is related to the passage at the cursor of the window that is followed.
---@param anew? boolean also when the passage is shown already
local function ask(anew)
  if not view or not view.source or not vim.api.nvim_win_is_valid(view.source) then
    return
  end
  local bufnr = vim.api.nvim_win_get_buf(view.source)
  local line = vim.api.nvim_win_get_cursor(view.source)[1]
  local client = vim.lsp.get_clients({ bufnr = bufnr, name = clients.NAME })[1]
  if not client or (not anew and is_shown(bufnr, line)) then
    return
  end
  if view.client and view.request then
    clients.cancel(view.client, view.request)
  end
  view.client = client
  local asked = ('%d %d'):format(bufnr, vim.b[bufnr].changedtick)
  local at = { uri = vim.uri_from_bufnr(bufnr), position = { line = line - 1, character = 0 } }
  view.request = clients.command(client, 'showRelated', at, function(related)
    if not view then
      return
    end
    view.request = nil
    -- Between two paragraphs the last one stays: a window that empties with each blank line is no help.
    local same_text = view.asked == asked and view.related and view.related.passage
    if not related.passage and same_text then
      return
    end
    view.asked, view.related = asked, related
    draw()
  end)
end

---@param anew? boolean
local function soon(anew)
  if not view then
    return
  end
  if view.timer then
    view.timer:stop()
  end
  view.timer = vim.defer_fn(function()
    ask(anew)
  end, SETTLE_MS)
end

--- Whether a window shows a document of ours.
---@param window integer
---@return boolean
local function is_read(window)
  return #vim.lsp.get_clients({ bufnr = vim.api.nvim_win_get_buf(window), name = clients.NAME }) > 0
end

--- Follow the window somebody is in, when it shows a document of ours.
local function follow()
  local window = vim.api.nvim_get_current_win()
  if not view or window == view.window then
    return
  end
  if is_read(window) then
    view.source = window
    soon()
  end
end

--- Whether this is all there would be besides, were the window closed that somebody quits.
local function is_left_alone()
  local others = vim.tbl_filter(function(window)
    return view and window ~= view.window and vim.api.nvim_win_get_config(window).relative == ''
  end, vim.api.nvim_tabpage_list_wins(0))
  return #others == 1 and others[1] == vim.api.nvim_get_current_win()
end

function M.close()
  if not view then
    return
  end
  local window = view.window
  view = nil
  vim.api.nvim_del_augroup_by_name(GROUP)
  if vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_win_close(window, true)
  end
end

---@return seealso.Match?
local function chosen()
  return view and view.panel and view.panel.places[vim.api.nvim_win_get_cursor(view.window)[1]]
end

local function jump()
  local place = chosen()
  if not place or not view then
    ui.say(NO_PASSAGE)
    return
  end
  ui.jump(place, view.source)
end

local function compare()
  local place = chosen()
  local passage = view and view.related and view.related.passage
  if not passage then
    ui.say('no passage at the cursor of the document to compare with')
  elseif not place then
    ui.say(NO_PASSAGE)
  else
    local function location(of)
      local range = { start = { line = of.line - 1, character = 0 }, ['end'] = { line = of.end_line, character = 0 } }
      return { uri = of.uri, range = range }
    end
    require('seealso.compare').show(location(passage), location(place))
  end
end

---@return integer
local function width()
  local wanted = ui.options().width or math.floor(vim.o.columns * 0.36)
  return math.max(NARROW, math.min(wanted, ui.options().width or WIDE))
end

---@param style 'split'|'float'
---@return integer buffer
local function new_buffer()
  local buffer = vim.api.nvim_create_buf(false, true)
  vim.bo[buffer].bufhidden = 'wipe'
  vim.bo[buffer].filetype = 'seealso'
  vim.bo[buffer].modifiable = false
  for keys, map in pairs({
    ['<CR>'] = { jump, 'Open this passage' },
    gf = { jump, 'Open this passage' },
    gF = { jump, 'Open this passage' },
    c = { compare, 'Compare it with the passage at the cursor' },
    q = { M.close, 'Close this window' },
  }) do
    vim.keymap.set('n', keys, map[1], { buffer = buffer, nowait = true, desc = map[2] })
  end
  return buffer
end

---@param buffer integer
---@param style 'split'|'float'
---@return integer window
local function new_window(buffer, style)
  local config = { split = 'right', win = -1, width = width() }
  if style == 'float' then
    config = {
      relative = 'editor',
      anchor = 'NE',
      row = 1,
      col = vim.o.columns,
      width = width(),
      height = 1,
      border = 'rounded',
      title = ' See also ',
    }
  end
  config.style = 'minimal'
  local window = vim.api.nvim_open_win(buffer, false, config)
  vim.wo[window][0].wrap = false
  vim.wo[window][0].winfixwidth = true
  vim.wo[window][0].winfixbuf = true
  vim.wo[window][0].cursorline = true
  if style == 'split' then
    vim.wo[window][0].statusline = ' See also'
  end
  return window
end

--- Open it; it is filled as soon as the server has answered.
---@param style? 'split'|'float'
function M.open(style)
  style = style or ui.options().related or 'split'
  if not clients.need() then
    return
  end
  if M.is_open() and view and view.style ~= style then
    M.close()
  end
  -- From a list or a float, that of the document before it.
  local windows = { vim.api.nvim_get_current_win(), vim.fn.win_getid(vim.fn.winnr('#')) }
  local source = vim.iter(windows):find(function(window)
    return vim.api.nvim_win_is_valid(window) and is_read(window)
  end)
  if not M.is_open() then
    local buffer = new_buffer()
    view = { buffer = buffer, window = new_window(buffer, style), style = style }
    local group = vim.api.nvim_create_augroup(GROUP, {})
    local function on(events, callback, pattern)
      vim.api.nvim_create_autocmd(events, { group = group, pattern = pattern, callback = callback })
    end
    on({ 'CursorMoved', 'CursorMovedI', 'BufEnter', 'LspAttach' }, follow)
    on({ 'VimResized', 'WinResized' }, draw)
    on('WinClosed', M.close, tostring(view.window))
    on('QuitPre', function()
      if is_left_alone() then
        M.close()
      end
    end)
    -- What is known changes while the index is made.
    on('User', function()
      soon(true)
    end, 'SeeAlsoStatus')
  end
  if view and source then
    view.source = source
  elseif view and not view.related then
    view.related = { duplicates = {}, matches = {}, complete = true }
    draw()
  end
  ask(true)
end

---@param style? 'split'|'float'
function M.toggle(style)
  if view and M.is_open() and (not style or style == view.style) then
    M.close()
  else
    M.open(style)
  end
end

return M
