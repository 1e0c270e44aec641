--- Two passages side by side, in a tab, as a diff.
local ui = require('seealso.ui')

local M = {}

--- The lines of a passage, a sentence a line: how a paragraph is broken says nothing about what it says.
---@param lines string[]
---@return string[]
function M.sentences(lines)
  local text = vim.trim(table.concat(lines, ' '):gsub('%s+', ' '))
  -- Full stops of Chinese and Japanese are followed by no space.
  text = text:gsub('([.!?])(["\')%]]?) ', '%1%2\n')
  for _, stop in ipairs({ '。', '！', '？' }) do
    text = text:gsub(stop, stop .. '\n')
  end
  return vim.split(vim.trim(text), '%s*\n%s*')
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
