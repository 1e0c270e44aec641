--- Two passages side by side, in a tab, as a diff.
local ui = require('seealso.ui')

local M = {}

-- Words before a full stop that ends no sentence; a letter as in `z. B.` is another.
local ABBREVIATIONS = {}
for word in ('bzw ca cf Dr etc Fig Mr Mrs Ms Prof Sec vs'):gmatch('%a+') do
  ABBREVIATIONS[word] = true
end

-- Full stops, and what may close behind them; those of Chinese and Japanese are followed by no space.
local END = vim.regex([[\v[.!?]+["')\]»”’]* |[。！？]+[」』”’）】]* ?]])

--- An item of a list; a paragraph may be broken before a year, which has more digits.
---@param line string
---@return boolean
local function is_item(line)
  local mark = line:match('^%S+%s') or ''
  return mark:match('^[-*+]%s$') ~= nil or mark:match('^%d%d?%d?[.)]%s$') ~= nil or mark == '• ' or mark == '#. '
end

--- A row of a table, the border of one, or a line that is one line for its writer.
---@param line string
---@return boolean
local function is_row(line)
  return line:match('^|') ~= nil or line:match('^%+[-=]') ~= nil
end

--- Paragraphs, items and rows, each in one line.
---@param lines string[]
---@return string[]
local function blocks(lines)
  local found, is_new = {}, true
  for _, each in ipairs(lines) do
    local line = vim.trim(each:gsub('%s+', ' '))
    if line == '' then
      is_new = true
    elseif is_new or is_item(line) or is_row(line) then
      table.insert(found, line)
      is_new = false
    else
      found[#found] = found[#found] .. ' ' .. line
    end
  end
  return found
end

---@param head string what stands before a full stop
---@return boolean
local function goes_on(head)
  local word = head:match('[%w\128-\255]*$')
  return word:match('^%a$') ~= nil or ABBREVIATIONS[word] ~= nil or head:match('^%d+$') ~= nil
end

--- The lines of a passage, a sentence a line: how a paragraph is broken says nothing about what it says. Items of lists
--- and rows of tables stay.
---@param lines string[]
---@return string[]
function M.sentences(lines)
  local found = {}
  for _, block in ipairs(blocks(lines)) do
    local start, from = 1, 1
    while not is_row(block) do
      local first, last = END:match_str(block:sub(from))
      if not first then
        break
      end
      first, last = from + first, from + last - 1
      if not (block:sub(first, first) == '.' and goes_on(block:sub(start, first - 1))) then
        table.insert(found, vim.trim(block:sub(start, last)))
        start = last + 1
      end
      from = last + 1
    end
    if start <= #block then
      table.insert(found, block:sub(start))
    end
  end
  return found
end

---@param location lsp.Location
---@return string
local function title(location)
  local name = vim.fn.fnamemodify(vim.uri_to_fname(location.uri), ':.')
  return ('%s:%d'):format(name, location.range.start.line + 1)
end

---@param location lsp.Location
---@return integer bufnr
local function scratch(location)
  local source = vim.uri_to_bufnr(location.uri)
  vim.fn.bufload(source)
  local first, last = location.range.start.line, location.range['end']
  local lines = vim.api.nvim_buf_get_lines(source, first, last.character > 0 and last.line + 1 or last.line, false)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.api.nvim_buf_set_lines(bufnr, 0, -1, false, M.sentences(lines))
  vim.bo[bufnr].bufhidden = 'wipe'
  vim.api.nvim_buf_set_name(bufnr, 'seealso://' .. title(location))
  vim.bo[bufnr].modifiable = false
  vim.bo[bufnr].syntax = vim.bo[source].filetype
  local function map(keys, call, desc)
    vim.keymap.set('n', keys, call, { buffer = bufnr, nowait = true, desc = desc })
  end
  map('q', vim.cmd.tabclose, 'Close the comparison')
  map('<CR>', function()
    vim.cmd.tabclose()
    ui.jump({ uri = location.uri, line = first + 1 })
  end, 'Open this passage')
  return bufnr
end

---@param here lsp.Location
---@param there lsp.Location
function M.show(here, there)
  local sides = { scratch(here), scratch(there) }
  vim.cmd.tabnew()
  local empty = vim.api.nvim_get_current_buf()
  for number, bufnr in ipairs(sides) do
    if number > 1 then
      vim.cmd('belowright vsplit')
    end
    vim.api.nvim_win_set_buf(0, bufnr)
    vim.wo[0][0].winbar = title(number == 1 and here or there):gsub('%%', '%%%%')
    vim.cmd.diffthis()
    vim.wo[0][0].wrap = true
    vim.wo[0][0].linebreak = true
    vim.wo[0][0].foldenable = false
  end
  vim.api.nvim_buf_delete(empty, {})
  vim.cmd.wincmd('t')
end

return M
