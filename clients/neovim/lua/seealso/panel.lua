--- What the window of related passages shows, as lines and highlights. Touches no buffer.
local lists = require('seealso.lists')
local ui = require('seealso.ui')

local M = {}

--- Lines of the text of each passage.
local TEXT_LINES = 2

--- Lines of what is said about all of it.
local NOTE_LINES = 3

local INDENT = (' '):rep(5)

---@class seealso.Panel
---@field lines string[]
---@field marks { row: integer, first: integer, last: integer, group: string }[] columns in bytes, `row` from 0
---@field places table<integer, seealso.Match> what stands in a line, by its number from 1

---@param panel seealso.Panel
---@param ... [string, string?] pieces of a line, each with its highlight group
local function add(panel, ...)
  local line = ''
  for _, piece in ipairs({ ... }) do
    local text, group = piece[1], piece[2]
    if group then
      panel.marks[#panel.marks + 1] = { row = #panel.lines, first = #line, last = #line + #text, group = group }
    end
    line = line .. text
  end
  panel.lines[#panel.lines + 1] = line
end

--- Documents in the order of their best passages, each with its passages.
---@param matches seealso.Match[]
---@return { path: string, matches: seealso.Match[] }[]
function M.by_document(matches)
  local documents, known = {}, {}
  for _, match in ipairs(matches) do
    local document = known[match.uri]
    if not document then
      document = { path = match.same_document and 'this document' or match.path, matches = {} }
      known[match.uri] = document
      documents[#documents + 1] = document
    end
    table.insert(document.matches, match)
  end
  return documents
end

--- What is said about a match beside its title; that it is related to the passage is why it is there.
---@param match seealso.Match
---@return string
local function marks(match)
  local words = { match.closeness ~= 'related' and match.closeness or nil }
  if match.linked then
    words[#words + 1] = 'linked'
  end
  return table.concat(words, ', ')
end

---@param panel seealso.Panel
---@param heading string
---@param matches seealso.Match[]
---@param width integer
local function section(panel, heading, matches, width)
  if #matches == 0 then
    return
  end
  add(panel, { '' })
  add(panel, { heading, 'Title' })
  for _, document in ipairs(M.by_document(matches)) do
    add(panel, { ui.cut(document.path, width), 'Directory' })
    for _, match in ipairs(document.matches) do
      local first = #panel.lines + 1
      local number = ('%4d '):format(match.line)
      local title = ui.cut(lists.title(match), width - #number)
      local mark = marks(match)
      local room = width - #number - vim.fn.strdisplaywidth(title)
      if vim.fn.strdisplaywidth(mark) + #' · ' > room then
        add(panel, { number, 'LineNr' }, { title })
        add(panel, { INDENT }, { ui.cut(mark, width - #INDENT), 'Special' })
      elseif mark ~= '' then
        add(panel, { number, 'LineNr' }, { title }, { ' · ' .. mark, 'Special' })
      else
        add(panel, { number, 'LineNr' }, { title })
      end
      -- Of the same text, nobody needs to read a line again.
      if match.relation ~= 'exact' then
        for _, line in ipairs(ui.wrap(match.text, width - #INDENT, TEXT_LINES)) do
          add(panel, { INDENT }, { line, 'Comment' })
        end
      end
      for row = first, #panel.lines do
        panel.places[row] = match
      end
    end
  end
end

--- What is said about a passage.
---@param related seealso.Related
---@param width integer
---@param is_loose boolean only open documents are known
---@return seealso.Panel
function M.of(related, width, is_loose)
  ---@type seealso.Panel
  local panel = { lines = {}, marks = {}, places = {} }
  if not related.passage then
    add(panel, { 'No passage at the cursor.', 'Comment' })
    return panel
  end
  add(panel, { ui.cut(lists.title(related.passage), width), 'Title' })
  if not related.complete then
    add(panel, { 'The index is being built.', 'WarningMsg' })
  end
  local matches = vim.tbl_filter(function(match)
    return match.closeness ~= nil
  end, related.matches)
  section(panel, 'Written before', related.duplicates, width)
  section(panel, 'See also', matches, width)
  if #related.duplicates + #matches == 0 then
    add(panel, { '' })
    add(panel, { 'Nothing is related to this.', 'Comment' })
  end
  if is_loose then
    add(panel, { '' })
    for _, sentence in ipairs({ 'Only the open documents are known.', ui.MAKE_FOLDER .. '.' }) do
      for _, line in ipairs(ui.wrap(sentence, width, NOTE_LINES)) do
        add(panel, { line, 'Comment' })
      end
    end
  end
  return panel
end

return M
