-- Somebody writes in Neovim while `record.py` listens:
--   FOLDER=... SESSION=... PYTHON=... nvim --headless --clean -n -l tests/lsp/record_neovim.lua
-- FOLDER holds the documents of `lsp.conftest.FILES`; PYTHON has seealso installed.
-- Ends with 1 when the editor did not get what it asked for.
local folder, session, python = os.getenv('FOLDER'), os.getenv('SESSION'), os.getenv('PYTHON')
local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))

local function wait(what, condition)
  if not vim.wait(20000, condition, 20) then
    io.stderr:write('never came: ' .. what .. '\n')
    os.exit(1)
  end
end

local function type_keys(keys)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), 'tx', false)
end

local function words(text)
  for word in text:gmatch('%S+%s*') do
    type_keys('A' .. word .. '<Esc>')
    vim.wait(200) -- Neovim sends edits after 150 ms of quiet
  end
end

vim.o.completeopt = 'menu,menuone,noselect'
vim.lsp.config('seealso', {
  cmd = { python, here .. '/record.py', session, folder, python, '-m', 'seealso', 'lsp' },
  filetypes = { 'markdown', 'rst' },
  root_dir = folder,
  settings = { seealso = { completion = { insideWords = true } } },
})
vim.lsp.enable('seealso')

local ended = false
vim.api.nvim_create_autocmd('LspProgress', {
  pattern = 'end',
  callback = function()
    ended = true
  end,
})

vim.cmd.edit(folder .. '/guide/install.md')
local buffer = vim.api.nvim_get_current_buf()
wait('the server', function()
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'seealso' })[1]
  return client ~= nil and client.initialized
end)
local client = vim.lsp.get_clients({ bufnr = buffer, name = 'seealso' })[1]
wait('the index', function()
  return ended
end)
wait('diagnostics', function()
  return #vim.diagnostic.get(buffer) == 1
end)

local function ask(method, params)
  local answer = client:request_sync(method, params, 20000, 0)
  if not answer or answer.err or answer.result == nil or answer.result == vim.NIL then
    io.stderr:write(method .. ': ' .. vim.inspect(answer) .. '\n')
    os.exit(1)
  end
  return answer.result
end

local function here_params()
  return vim.lsp.util.make_position_params(0, client.offset_encoding)
end

-- Hover where it is repeated, behind an emoji.
vim.api.nvim_win_set_cursor(0, { 9, 20 })
ask('textDocument/hover', here_params())

-- Write a paragraph word by word, and a link.
type_keys('Go<Esc>')
words('Stop the service before you restore a backup 😀. See the [rest')
vim.wait(300)
vim.api.nvim_win_set_cursor(0, { vim.api.nvim_buf_line_count(0), 1000 })
type_keys('A<Esc>')
local position = here_params()
position.position.character = #vim.api.nvim_get_current_line()
local list = ask('textDocument/completion', position)
ask('completionItem/resolve', list.items[1])

-- Undo a part of it, save, and look at another document.
type_keys('u')
type_keys('u')
vim.wait(200)
vim.cmd.write()
vim.cmd.edit(folder .. '/notes/again.md')
wait('diagnostics of the second document', function()
  return #vim.diagnostic.get(0) == 1
end)
vim.api.nvim_win_set_cursor(0, { 5, 3 })
ask('textDocument/hover', here_params())
local found = ask('workspace/executeCommand', {
  command = 'seealso.search',
  arguments = { { query = 'restore a backup', limit = 3 } },
})
assert(#found.matches > 0)
vim.cmd.bdelete({ bang = true })
vim.wait(100)
client:stop()
wait('the end', function()
  return client:is_stopped()
end)
vim.wait(300) -- `exit` goes out last
os.exit(0)
