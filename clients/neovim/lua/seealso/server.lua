--- Whether the server can be started, where its folder is, and what happens when it stops.
local clients = require('seealso.client')
local ui = require('seealso.ui')

local M = {}

--- A server that stops more often than this within so many seconds is left alone.
local STARTS, WITHIN_S = 3, 60

--- Quiet time before it is started again, longer each time.
local WAIT_MS = 300

---@type table<integer, true> ids of clients that are to be started again although they were told to stop
local wanted = {}

---@type number[] when it was started again
local restarts = {}

--- What is started unless the configuration says otherwise. It is not named there: a program that is missing keeps
--- Neovim from asking us anything, and only its log says so.
local COMMAND = { 'seealso', 'lsp' }

--- Whether |vim.lsp.enable()| has been called. Early versions of Neovim 0.11 may have no function for it.
---@return boolean
function M.enabled()
  if vim.lsp.is_enabled then
    return vim.lsp.is_enabled('seealso')
  end
  return vim.lsp._enabled_configs.seealso ~= nil
end

--- What is started.
---@return string[]? command none when the configuration has a function of somebody else, such as of
--- |vim.lsp.rpc.connect()|
function M.command()
  local config = vim.lsp.config.seealso
  if type(config.cmd) == 'table' then
    return config.cmd
  end
  return config.cmd == config.own_cmd and COMMAND or nil
end

--- What to do about a program that is missing.
---@return string? message none when it can be run
function M.missing()
  local command = M.command()
  if command and vim.fn.executable(command[1]) == 0 then
    -- The health check is there always; the help only after |:helptags|.
    return ('`%s` not found, :checkhealth seealso says what to do'):format(command[1])
  end
end

--- Say once that the program is missing: Neovim starts nothing then, and only its log says so.
function M.say_when_missing()
  local message = M.enabled() and M.missing()
  if message then
    -- Later, or what Neovim says about the file takes its place.
    vim.schedule(function()
      vim.notify_once(message, vim.log.levels.WARN)
    end)
  end
end

---@param dispatchers vim.lsp.rpc.Dispatchers
---@param config vim.lsp.ClientConfig
---@return vim.lsp.rpc.PublicClient
function M.start(dispatchers, config)
  local options = { cwd = config.cmd_cwd, env = config.cmd_env, detached = config.detached }
  return vim.lsp.rpc.start(COMMAND, dispatchers, options)
end

--- What |lsp-root_dir()| asks: nothing is started for a buffer when the program is missing.
---@param bufnr integer
---@param on_dir fun(root?: string)
function M.root_dir(bufnr, on_dir)
  local config = vim.lsp.config.seealso
  if not M.missing() then
    on_dir(vim.fs.root(bufnr, config.root_markers or {}))
  end
end

---@param config vim.lsp.ClientConfig
---@param buffers integer[]
local function start_for(config, buffers)
  for _, bufnr in ipairs(buffers) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      vim.lsp.start(config, { bufnr = bufnr })
    end
  end
end

--- Start it again when it has crashed, but not for ever. Called in a fast event.
---@param code integer
---@param signal integer
---@param client_id integer
function M.on_exit(code, signal, client_id)
  clients.stopped(client_id)
  local client = vim.lsp.get_client_by_id(client_id)
  local asked = wanted[client_id]
  wanted[client_id] = nil
  -- Neovim ends a server with SIGTERM when it does not leave by itself.
  local crashed = client and client.initialized and (code ~= 0 or (signal ~= 0 and signal ~= 15))
  if not client or not (asked or crashed) then
    return
  end
  local config, buffers = client.config, vim.tbl_keys(client.attached_buffers)
  vim.schedule(function()
    if vim.v.exiting ~= vim.NIL then
      return
    end
    if asked and M.enabled() then
      vim.lsp.enable('seealso') -- for all open documents, whose folders may have got a marker meanwhile
      return
    end
    local now = vim.uv.now() / 1000
    restarts = vim.tbl_filter(function(time)
      return now - time < WITHIN_S
    end, restarts)
    if not asked and #restarts >= STARTS then
      ui.warn('the server has stopped too often. `:SeeAlso restart` tries again')
      return
    end
    restarts[#restarts + 1] = now
    vim.defer_fn(function()
      start_for(config, buffers)
    end, WAIT_MS * #restarts)
  end)
end

--- Stop all servers and start them again for the same buffers, or start one for the documents that are open.
function M.restart()
  restarts = {}
  local running = vim.lsp.get_clients({ name = clients.NAME, _uninitialized = true })
  for _, client in ipairs(running) do
    wanted[client.id] = true
    client:stop()
  end
  if #running == 0 then
    vim.lsp.enable('seealso')
  end
end

--- Change settings of running servers, and of those to come.
---@param settings table as in section `seealso`
function M.configure(settings)
  vim.lsp.config('seealso', { settings = { seealso = settings } })
  for _, client in ipairs(vim.lsp.get_clients({ name = 'seealso' })) do
    client.settings = vim.tbl_deep_extend('force', client.settings, { seealso = settings })
    client.config.settings = client.settings
    client:notify('workspace/didChangeConfiguration', { settings = client.settings })
  end
end

return M
