--- Choosing a place in Telescope, fzf-lua or Snacks, each with its preview of the place; while one types, when there
--- is no question yet. Whichever is there, unless `vim.g.seealso.picker` says which.
local lists = require('seealso.lists')
local ui = require('seealso.ui')

local M = {}

--- Quiet time before a question that is being typed is asked, in milliseconds.
local SETTLE_MS = 150

---@alias seealso.Ask fun(query: string, tell: fun(places: seealso.Place[]))

---@class seealso.Picker
---@field pick fun(title: string, places: seealso.Place[])
---@field live? fun(title: string, ask: seealso.Ask)

---@param query string
---@return boolean
local function is_blank(query)
  return vim.trim(query) == ''
end

---@param title string
---@param finder table
---@param sorter? table
local function telescope(title, finder, sorter)
  local config = require('telescope.config').values
  require('telescope.pickers')
    .new({}, {
      prompt_title = title,
      finder = finder,
      sorter = sorter or config.generic_sorter({}),
      previewer = config.grep_previewer({}),
      debounce = SETTLE_MS,
    })
    :find()
end

---@param place seealso.Place
---@return table
local function telescope_entry(place)
  local text = lists.choice(place)
  local filename = vim.uri_to_fname(place.uri)
  return {
    value = place,
    ordinal = text,
    display = text,
    filename = filename,
    lnum = place.line,
    lnend = place.end_line,
    col = 1,
  }
end

---@type table<string, fun(): seealso.Picker>
local known = {}

function known.telescope()
  local finders = require('telescope.finders')
  return {
    pick = function(title, places)
      telescope(title, finders.new_table({ results = places, entry_maker = telescope_entry }))
    end,
    live = function(title, ask)
      local function find(query)
        if is_blank(query) then
          return {}
        end
        local tell, hear = require('plenary.async.control').channel.oneshot()
        ask(query, tell)
        return hear()
      end
      -- Nothing is sorted or left out: what is found by meaning need not have the letters of the question.
      local finder = finders.new_dynamic({ fn = find, entry_maker = telescope_entry })
      telescope(title, finder, require('telescope.sorters').empty())
    end,
  }
end

known['fzf-lua'] = function()
  local fzf = require('fzf-lua')

  local function line(place)
    local path = vim.fn.fnamemodify(vim.uri_to_fname(place.uri), ':.')
    return ('%s:%d:1:%s'):format(path, place.line, lists.line(place):gsub('%s+', ' '))
  end

  local function options(title)
    return {
      winopts = { title = (' %s '):format(title) },
      previewer = 'builtin',
      actions = fzf.defaults.actions.files,
      query_delay = SETTLE_MS,
    }
  end

  return {
    pick = function(title, places)
      fzf.fzf_exec(vim.tbl_map(line, places), options(title))
    end,
    live = function(title, ask)
      fzf.fzf_live(function(arguments)
        local query = arguments[1] or ''
        return function(tell)
          if is_blank(query) then
            tell(nil)
            return
          end
          ask(query, function(places)
            for _, place in ipairs(places) do
              tell(line(place))
            end
            tell(nil) -- these are all
          end)
        end
      end, options(title))
    end,
  }
end

function known.snacks()
  local snacks = require('snacks')

  local function item(place)
    return {
      text = lists.choice(place),
      file = vim.uri_to_fname(place.uri),
      pos = { place.line, 0 },
    }
  end

  local function pick(title, options)
    snacks.picker.pick(vim.tbl_extend('error', options, {
      title = title,
      preview = 'file',
      format = function(one)
        return { { one.text } }
      end,
    }))
  end

  return {
    pick = function(title, places)
      pick(title, { items = vim.tbl_map(item, places) })
    end,
    live = function(title, ask)
      pick(title, {
        live = true,
        supports_live = true,
        finder = function(_, context)
          local query = context.filter.search
          if is_blank(query) then
            return {}
          end
          return function(tell)
            local found
            vim.schedule(function()
              ask(query, function(places)
                found = vim.tbl_map(item, places)
                context.async:resume()
              end)
            end)
            while not found do
              context.async:suspend()
            end
            for _, one in ipairs(found) do
              tell(one)
            end
          end
        end,
      })
    end,
  }
end

function known.select()
  return {
    pick = function(title, places)
      ui.pick(places, title, lists.choice)
    end,
  }
end

local ORDER = { 'telescope', 'fzf-lua', 'snacks' }

--- The name of the picker that is used, and what is wrong with the one that is wanted.
---@return string name
---@return string? problem
function M.which()
  local wanted = ui.options().picker
  if wanted == 'select' then
    return wanted
  end
  for _, name in ipairs(wanted and { wanted } or ORDER) do
    if known[name] and pcall(require, name) then
      return name
    end
  end
  if wanted then
    local problem = known[wanted] and 'is not installed' or ('is none of %s, select'):format(table.concat(ORDER, ', '))
    return 'select', ('`%s` in vim.g.seealso.picker %s'):format(wanted, problem)
  end
  return 'select'
end

---@return seealso.Picker
local function picker()
  local name, problem = M.which()
  if problem then
    -- Later, or it is in the way of the choices.
    vim.schedule(function()
      ui.warn_once(problem)
    end)
  end
  return known[name]()
end

--- Let somebody choose a place and go there, in |vim.ui.select()| when there is no picker.
---@param title string
---@param places seealso.Place[]
function M.pick(title, places)
  picker().pick(title, places)
end

--- Let somebody type a question and choose among what is found meanwhile; tells whether there is a picker for it.
---@param title string
---@param ask seealso.Ask
---@return boolean
function M.live(title, ask)
  local live = picker().live
  if live then
    live(title, ask)
  end
  return live ~= nil
end

return M
