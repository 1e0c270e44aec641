--- Everything that is for key maps, status lines and scripts. |seealso-lua|
local M = {}

--- For a status line: `seealso: 45%` while the index is made, then how many documents it holds.
---@return string
function M.status()
  return require('seealso.status').line()
end

--- What is known about each folder.
---@return seealso.Folder[]
function M.folders()
  return require('seealso.status').folders()
end

--- Say how the index of each folder is.
function M.show_status()
  require('seealso.actions').status()
end

--- Find passages by meaning: the query, the selected text, or what is asked for.
---@param query? string
---@param options? { pick?: boolean }
function M.search(query, options)
  require('seealso.actions').search(query, options)
end

--- Show or hide the window of what is related to the passage at the cursor.
---@param style? 'split'|'float'
function M.related(style)
  require('seealso.related').toggle(style)
end

--- List passages that repeat one another.
---@param options? { kinds?: string[], pick?: boolean }
function M.duplicates(options)
  require('seealso.actions').duplicates(options)
end

--- Insert a link to a related section, or bring "See also" lists up to date.
function M.insert()
  require('seealso.actions').insert()
end

--- Read all documents again.
function M.rebuild()
  require('seealso.actions').update(true)
end

--- Look for documents that have changed on disk.
function M.update()
  require('seealso.actions').update(false)
end

--- Start the server again.
function M.restart()
  require('seealso.server').restart()
end

--- Change settings without a restart, such as `{ related = { limit = 8 } }`.
---@param settings table
function M.configure(settings)
  require('seealso.server').configure(settings)
end

--- Accept ghost text; tells whether there was some.
---@return boolean
function M.accept()
  return require('seealso.ghost').accept()
end

return M
