--- Commands that the server leaves to the editor.
local M = {}

---@param arguments [lsp.Location]
---@param context lsp.HandlerContext
function M.open(arguments, context)
  local client = assert(vim.lsp.get_client_by_id(context.client_id))
  vim.lsp.util.show_document(arguments[1], client.offset_encoding, { focus = true })
end

---@param arguments [lsp.Location, lsp.Location]
function M.compare(arguments)
  require('seealso.compare').show(arguments[1], arguments[2])
end

---@param arguments [string, lsp.Position]
function M.show_related(arguments)
  local bufnr = vim.uri_to_bufnr(arguments[1])
  local window = vim.fn.win_findbuf(bufnr)[1]
  if window then
    vim.api.nvim_win_set_cursor(window, { arguments[2].line + 1, 0 })
  end
  require('seealso.related').open()
end

return M
