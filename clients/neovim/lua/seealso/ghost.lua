--- Ghost text, in versions of Neovim that can show it (0.12).
local M = {}

local METHOD = 'textDocument/inlineCompletion'

---@param client vim.lsp.Client
---@param bufnr integer
function M.enable(client, bufnr)
  if vim.lsp.inline_completion and client:supports_method(METHOD, bufnr) then
    vim.lsp.inline_completion.enable(true, { bufnr = bufnr, client_id = client.id })
  end
end

--- Accept what is shown; tells whether there was something.
---@return boolean
function M.accept()
  return vim.lsp.inline_completion ~= nil and vim.lsp.inline_completion.get()
end

return M
