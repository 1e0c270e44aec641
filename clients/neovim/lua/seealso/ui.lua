--- What all parts of the plugin show things with.
local M = {}

--- What to do when only open documents are known.
M.MAKE_FOLDER = 'Put an empty seealso.toml into their folder, then :SeeAlso restart'

---@class seealso.Options
---@field related? 'split'|'float' where related passages are shown
---@field width? integer columns of that window
---@field picker? 'telescope'|'fzf-lua'|'snacks'|'select' where places are chosen

--- `vim.g.seealso`, read anew each time, so that it may be set whenever one likes.
---@return seealso.Options
function M.options()
  return vim.g.seealso or {}
end

---@param text string
function M.say(text)
  vim.notify('seealso: ' .. text, vim.log.levels.INFO)
end

---@param text string
function M.warn(text)
  vim.notify('seealso: ' .. text, vim.log.levels.WARN)
end

---@param text string
function M.warn_once(text)
  vim.notify_once('seealso: ' .. text, vim.log.levels.WARN)
end

--- The beginning of a text that fits into so many cells, and the rest.
---@param text string
---@param cells integer
---@return string, string
local function split(text, cells)
  local taken, room = 0, cells
  for _, character in ipairs(vim.fn.split(text, [[\zs]])) do
    room = room - vim.fn.strdisplaywidth(character)
    if room < 0 then
      break
    end
    taken = taken + #character
  end
  local head, rest = text:sub(1, taken), text:sub(taken + 1)
  if rest ~= '' and not rest:find('^%s') then
    -- Between words, unless the script has no spaces.
    local whole, word = head:match('^(.*)%s(%S*)$')
    if whole and #whole > #head / 2 then
      return whole, word .. rest
    end
  end
  return head, vim.trim(rest)
end

--- A text in lines of so many cells; the last one says whether there would be more.
---@param text string
---@param cells integer
---@param count integer lines, at most
---@return string[]
function M.wrap(text, cells, count)
  local lines, rest = {}, vim.trim((text:gsub('%s+', ' ')))
  while rest ~= '' and #lines < count - 1 do
    lines[#lines + 1], rest = split(rest, cells)
  end
  if vim.fn.strdisplaywidth(rest) > cells then
    rest = split(rest, cells - 1) .. '…'
  end
  if rest ~= '' then
    lines[#lines + 1] = rest
  end
  return lines
end

--- As much of a text as fits into one line of so many cells.
---@param text string
---@param cells integer
---@return string
function M.cut(text, cells)
  return M.wrap(text, cells, 1)[1] or ''
end

--- Whether a window may show another document.
---@param window integer
---@return boolean
local function is_free(window)
  return vim.api.nvim_win_is_valid(window)
    and not vim.wo[window].winfixbuf
    and vim.bo[vim.api.nvim_win_get_buf(window)].buftype ~= 'quickfix'
    and vim.api.nvim_win_get_config(window).relative == ''
end

--- Leave a window that may show nothing else, such as that of related passages, for one that may.
function M.leave_fixed()
  if not vim.wo.winfixbuf then
    return
  end
  local windows = { vim.fn.win_getid(vim.fn.winnr('#')), unpack(vim.api.nvim_tabpage_list_wins(0)) }
  local free = vim.iter(windows):find(is_free)
  if free then
    vim.api.nvim_set_current_win(free)
  else
    vim.cmd('topleft vnew')
    vim.bo.bufhidden = 'wipe'
  end
end

--- Show a place in a window, by default the current one.
---@param place { uri: string, line: integer }
---@param window? integer
function M.jump(place, window)
  if window and vim.api.nvim_win_is_valid(window) then
    vim.api.nvim_set_current_win(window)
  end
  M.leave_fixed()
  local start = { line = place.line - 1, character = 0 }
  local location = { uri = place.uri, range = { start = start, ['end'] = start } }
  vim.lsp.util.show_document(location, 'utf-8', { focus = true })
end

--- Let somebody choose a place, in whichever picker shows |vim.ui.select()|, and go there.
---@generic T : seealso.Place
---@param places T[]
---@param prompt string
---@param label fun(place: T): string
function M.pick(places, prompt, label)
  vim.ui.select(places, { prompt = prompt, kind = 'seealso', format_item = label }, function(place)
    if place then
      M.jump(place)
    end
  end)
end

return M
