-- Commands, <Plug> mappings and the reader of `seealso:` documents. Modules are loaded when one of these is used.
if vim.g.loaded_seealso then
  return
end
vim.g.loaded_seealso = 1

if vim.fn.has('nvim-0.11') == 0 then
  vim.notify('seealso needs Neovim 0.11 or later', vim.log.levels.WARN)
  return
end

vim.api.nvim_create_user_command('SeeAlso', function(call)
  require('seealso.commands').run(call)
end, {
  nargs = '*',
  bang = true,
  desc = 'Passages that are related to this one, answer a question, or stand twice',
  complete = function(lead, line, column)
    return require('seealso.commands').complete(lead, line, column)
  end,
})

local group = vim.api.nvim_create_augroup('seealso', {})

vim.api.nvim_create_autocmd('BufReadCmd', {
  group = group,
  pattern = { 'seealso:search/*', 'seealso:duplicates.md*' },
  desc = 'Documents that only the language server has',
  callback = function(event)
    require('seealso.pages').read(event.buf, event.file)
  end,
})

vim.api.nvim_create_autocmd('FileType', {
  group = group,
  desc = 'Say when the language server is missing',
  callback = function(event)
    local config = vim.bo[event.buf].buftype == '' and vim.lsp.config.seealso
    if config and vim.list_contains(config.filetypes or { event.match }, event.match) then
      require('seealso.server').say_when_missing()
    end
  end,
})

local function map(mode, name, call, desc)
  vim.keymap.set(mode, ('<Plug>(seealso-%s)'):format(name), function()
    return require('seealso')[call]()
  end, { desc = desc })
end

map('n', 'related', 'related', 'Show or hide the window of related passages')
map({ 'n', 'x' }, 'search', 'search', 'Search by meaning; for the selected text, when there is some')
map('n', 'duplicates', 'duplicates', 'List passages that repeat one another')
map('n', 'insert', 'insert', 'Insert a link to a related section, or a "See also" list')
map('n', 'status', 'show_status', 'Say how the index is')
map('i', 'accept', 'accept', 'Accept ghost text')
