--- `:SeeAlso`, its subcommands and their completion.
local ui = require('seealso.ui')

local M = {}

local KINDS = { 'exact', 'edited', 'reworded', 'parallel' }

---@class seealso.Subcommand
---@field run fun(arguments: string[], pick: boolean, rest: string)
---@field arguments? string[] what may follow
---@field free? boolean anything may follow

---@param arguments string[]
---@param name string
local function has(arguments, name)
  return vim.list_contains(arguments, name)
end

---@param name string of a function of the plugin
---@return seealso.Subcommand
local function plain(name)
  return {
    run = function()
      require('seealso')[name]()
    end,
  }
end

---@type table<string, seealso.Subcommand>
local subcommands = {
  search = {
    free = true,
    run = function(_, pick, rest)
      require('seealso').search(rest ~= '' and rest or nil, { pick = pick })
    end,
  },
  page = {
    free = true,
    run = function(_, _, rest)
      local pages = require('seealso.pages')
      pages.open(rest ~= '' and pages.search(rest) or pages.DUPLICATES)
    end,
  },
  related = {
    arguments = { 'split', 'float', 'list' },
    run = function(arguments, pick)
      if pick or has(arguments, 'list') then
        require('seealso.actions').related({ pick = pick })
      else
        require('seealso').related(arguments[1])
      end
    end,
  },
  duplicates = {
    arguments = KINDS,
    run = function(arguments, pick)
      require('seealso').duplicates({ kinds = #arguments > 0 and arguments or nil, pick = pick })
    end,
  },
  insert = plain('insert'),
  status = plain('show_status'),
  update = plain('update'),
  rebuild = plain('rebuild'),
  restart = plain('restart'),
}

--- Perform the command.
---@param call vim.api.keyset.create_user_command.command_args
function M.run(call)
  local name, rest = vim.trim(call.args):match('^(%S*)%s*(.*)$')
  local subcommand = subcommands[name ~= '' and name or 'related']
  if not subcommand then
    ui.warn(('there is no subcommand `%s`. There are %s'):format(name, table.concat(M.names(), ', ')))
    return
  end
  local arguments = vim.split(rest, '%s+', { trimempty = true })
  for _, argument in ipairs(subcommand.free and {} or arguments) do
    if not has(subcommand.arguments or {}, argument) then
      ui.warn(('`%s` does not know `%s`'):format(name, argument))
      return
    end
  end
  subcommand.run(arguments, call.bang, rest)
end

---@return string[]
function M.names()
  local names = vim.tbl_keys(subcommands)
  table.sort(names)
  return names
end

--- Complete the subcommand or its arguments.
---@param lead string
---@param line string
---@param column integer
---@return string[]
function M.complete(lead, line, column)
  local before = vim.split(line:sub(1, column):gsub('^.*SeeAlso!?%s*', ''), '%s+')
  local candidates = M.names()
  if #before > 1 then
    local subcommand = subcommands[before[1]]
    candidates = vim.tbl_filter(function(candidate)
      return not has(before, candidate)
    end, subcommand and subcommand.arguments or {})
  end
  return vim.tbl_filter(function(candidate)
    return vim.startswith(candidate, lead)
  end, candidates)
end

return M
