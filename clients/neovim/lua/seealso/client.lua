--- The client that answers about a buffer, and questions to its server.
local ui = require('seealso.ui')

local M = {}

M.NAME = 'seealso'

---@type table<integer, table<integer, fun()>> by client and request: who has to hear that there will be no answer
local waiting = vim.defaulttable()

---@class seealso.Place
---@field uri string
---@field path string from the root of the folder
---@field line integer from 1
---@field end_line integer inclusive
---@field heading string titles joined by ` > `
---@field text string

---@class seealso.Match : seealso.Place
---@field closeness? string in words; none when it is hardly worth a line
---@field relation? 'exact'|'edited'|'reworded'|'parallel'
---@field same_document boolean
---@field linked boolean

---@class seealso.Related
---@field passage? seealso.Place
---@field duplicates seealso.Match[]
---@field matches seealso.Match[]
---@field complete boolean

--- All that run, those of this buffer and of the buffer before it first.
---@param bufnr? integer
---@return vim.lsp.Client[]
function M.all(bufnr)
  local clients = vim.lsp.get_clients({ name = M.NAME })
  local near = { bufnr or vim.api.nvim_get_current_buf(), vim.fn.bufnr('#') }
  ---@param client vim.lsp.Client
  local function rank(client)
    for order, buffer in ipairs(near) do
      if client.attached_buffers[buffer] then
        return order
      end
    end
    return #near + client.id
  end
  table.sort(clients, function(one, other)
    return rank(one) < rank(other)
  end)
  return clients
end

--- The client for a buffer; says what to do when there is none.
---@param bufnr? integer
---@return vim.lsp.Client?
function M.need(bufnr)
  local client = M.all(bufnr)[1]
  if client then
    return client
  end
  if #vim.lsp.get_clients({ name = M.NAME, _uninitialized = true }) > 0 then
    ui.warn('it is still starting, try again in a moment')
  else
    ui.warn(require('seealso.server').missing() or 'it is not running: open a document, or see :checkhealth seealso')
  end
end

--- Have the server perform a command. Errors are shown, once the answer is there.
---@param client vim.lsp.Client
---@param name string without its `seealso.`
---@param argument table
---@param done? fun(result: table)
---@param failed? fun() called once when there is an error in place of a result, or the server has stopped
---@return integer? request
function M.command(client, name, argument, done, failed)
  -- An empty table would be an empty array.
  local one = next(argument) and argument or vim.empty_dict()
  local params = { command = 'seealso.' .. name, arguments = { one } }
  local sent, request
  sent, request = client:request('workspace/executeCommand', params, function(failure, result)
    if request then
      waiting[client.id][request] = nil
    end
    if failure then
      if failure.code ~= vim.lsp.protocol.ErrorCodes.RequestCancelled then
        ui.warn(failure.message)
      end
      if failed then
        failed()
      end
    elseif done then
      done(result)
    end
  end)
  if not sent and failed then
    failed()
  elseif sent and request then
    waiting[client.id][request] = failed
  end
  return request
end

--- Take a request back: nobody hears of it any more.
---@param client vim.lsp.Client
---@param request integer
function M.cancel(client, request)
  waiting[client.id][request] = nil
  if not client:is_stopped() then
    client:cancel_request(request)
  end
end

--- A client has stopped, and Neovim forgets what it was asked. Called in a fast event.
---@param id integer
function M.stopped(id)
  local failed = waiting[id]
  waiting[id] = nil
  for _, call in pairs(failed) do
    vim.schedule(call)
  end
end

return M
