--- Passages as lists: quickfix, location list, and lines to choose from.
local ui = require('seealso.ui')

local M = {}

--- Lines of a window with a list, at most.
local HEIGHT = 10

--- How the four kinds of duplicates are called.
M.KINDS = {
  exact = 'the same text',
  edited = 'nearly the same',
  reworded = 'the same in other words',
  parallel = 'same frame, another subject',
}

--- The last title above a place, or the name of its document.
---@param place seealso.Place
---@return string
function M.title(place)
  local title = place.heading:match('.* > (.+)$') or place.heading
  return title ~= '' and title or vim.fs.basename(place.path)
end

---@param place seealso.Place
---@return string
function M.line(place)
  return ('%s: %s'):format(M.title(place), place.text)
end

---@param place seealso.Place
---@return string
function M.choice(place)
  return ui.cut(('%s:%d  %s'):format(place.path, place.line, M.line(place)), vim.o.columns - 8)
end

---@param place seealso.Place
---@param mark string what is said about it first
---@return vim.quickfix.entry
function M.item(place, mark)
  local filename = vim.uri_to_fname(place.uri)
  local shown = ('%s|%d-%d| '):format(vim.fn.fnamemodify(filename, ':.'), place.line, place.end_line)
  return {
    filename = filename,
    lnum = place.line,
    end_lnum = place.end_line,
    text = ui.cut(
      ('%s · %s'):format(mark, M.line(place)),
      math.max(vim.o.columns - vim.fn.strdisplaywidth(shown), 40)
    ),
    user_data = { place = place },
  }
end

--- Groups of duplicates as one list, each place with how many others there are.
---@param groups { kind: string, boilerplate: boolean, places: seealso.Place[] }[]
---@return vim.quickfix.entry[]
function M.groups(groups)
  local items = {}
  for number, group in ipairs(groups) do
    local kind = group.boilerplate and 'boilerplate' or M.KINDS[group.kind]
    for _, place in ipairs(group.places) do
      items[#items + 1] = M.item(place, ('%d. %s'):format(number, kind))
    end
  end
  return items
end

--- Fill the quickfix list, or the location list of a window, and open it below.
---@param title string
---@param items vim.quickfix.entry[]
---@param window? integer
function M.show(title, items, window)
  local what = { title = title, items = items }
  local height = math.min(#items, HEIGHT)
  if window then
    vim.fn.setloclist(window, {}, ' ', what)
    vim.cmd.lopen({ count = height })
  else
    vim.fn.setqflist({}, ' ', what)
    vim.cmd.copen({ count = height, mods = { split = 'botright' } })
  end
end

return M
