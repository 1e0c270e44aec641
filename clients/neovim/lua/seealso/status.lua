--- What the servers last said about their folders.
local M = {}

---@class seealso.Folder
---@field uri string
---@field name string
---@field state 'empty'|'building'|'partial'|'ready'|'failed'
---@field message string
---@field percentage? integer
---@field documents? integer
---@field passages? integer
---@field embedded? integer
---@field pending? integer
---@field errors? integer
---@field model? string

---@type table<integer, seealso.Folder[]> by client
local told = {}

---@param params { folders: seealso.Folder[] }
---@param context lsp.HandlerContext
function M.receive(params, context)
  told[context.client_id] = params.folders
  vim.cmd.redrawstatus({ bang = true })
  vim.api.nvim_exec_autocmds('User', { pattern = 'SeeAlsoStatus', modeline = false })
end

--- All folders of the servers that run.
---@return seealso.Folder[]
function M.folders()
  local folders = {}
  for _, client in ipairs(require('seealso.client').all()) do
    vim.list_extend(folders, told[client.id] or {})
  end
  for id in pairs(told) do
    if not vim.lsp.get_client_by_id(id) then
      told[id] = nil
    end
  end
  return folders
end

--- One folder in a few words.
---@param folder seealso.Folder
---@return string
function M.brief(folder)
  if folder.percentage then
    return ('%d%%'):format(folder.percentage)
  end
  if folder.state == 'failed' then
    return 'failed'
  end
  local count = folder.documents or 0
  local documents = ('%d %s'):format(count, count == 1 and 'document' or 'documents')
  return folder.state == 'ready' and documents or ('%s, %s'):format(documents, folder.state)
end

--- One folder in a sentence.
---@param folder seealso.Folder
---@return string
function M.sentence(folder)
  if folder.state == 'failed' then
    return ('%s: %s'):format(folder.name, folder.message)
  end
  local parts = {
    M.brief(vim.tbl_extend('force', folder, { percentage = false })),
    ('%d passages'):format(folder.passages or 0),
  }
  if (folder.pending or 0) > 0 then
    parts[#parts + 1] = ('%d to be embedded'):format(folder.pending)
  end
  if (folder.errors or 0) > 0 then
    parts[#parts + 1] = ('%d could not be read'):format(folder.errors)
  end
  if folder.message ~= '' then
    parts[#parts + 1] = folder.message
  end
  return ('%s: %s'):format(folder.name, table.concat(parts, ', '))
end

--- For a status line: nothing while no server runs.
---@return string
function M.line()
  local folders = M.folders()
  if #folders > 0 then
    return 'seealso: ' .. table.concat(vim.tbl_map(M.brief, folders), ' · ')
  end
  return #vim.lsp.get_clients({ name = 'seealso', _uninitialized = true }) > 0 and 'seealso' or ''
end

return M
