--- What |vim.lsp.enable()| needs to know. Everything here may be set otherwise with |vim.lsp.config()|.
local function start(dispatchers, config)
  return require('seealso.server').start(dispatchers, config)
end

---@type vim.lsp.Config
return {
  cmd = start,
  own_cmd = start, -- stays when `cmd` is set otherwise, and tells that it is
  filetypes = {
    'asciidoc',
    'asciidoctor',
    'markdown',
    'mdx',
    'org',
    'pandoc',
    'plaintex',
    'quarto',
    'rmd',
    'rst',
    'tex',
    'text',
  },
  root_markers = { 'seealso.toml', '.git', '.seealsoignore' },
  root_dir = function(bufnr, on_dir)
    require('seealso.server').root_dir(bufnr, on_dir)
  end,
  before_init = function(params, config)
    -- Neovim cannot be offered code lenses and references later, when the server has asked for the settings.
    if next(config.settings or {}) then
      params.initializationOptions = params.initializationOptions or config.settings
    end
  end,
  on_attach = function(client, bufnr)
    require('seealso.ghost').enable(client, bufnr)
    require('seealso.floats').watch()
  end,
  on_exit = function(code, signal, client_id)
    require('seealso.server').on_exit(code, signal, client_id)
  end,
  capabilities = {
    workspace = { textDocumentContent = { dynamicRegistration = false } },
    experimental = {
      seealso = { status = true },
      commands = {
        commands = { 'seealso.client.open', 'seealso.client.compare', 'seealso.client.showRelated' },
      },
    },
  },
  commands = {
    ['seealso.client.open'] = function(command, context)
      require('seealso.performers').open(command.arguments, context)
    end,
    ['seealso.client.compare'] = function(command, context)
      require('seealso.performers').compare(command.arguments, context)
    end,
    ['seealso.client.showRelated'] = function(command, context)
      require('seealso.performers').show_related(command.arguments, context)
    end,
  },
  handlers = {
    ['seealso/status'] = function(_, params, context)
      require('seealso.status').receive(params, context)
    end,
    ['workspace/textDocumentContent/refresh'] = function(_, params)
      require('seealso.pages').refresh(params.uri)
      return vim.NIL
    end,
  },
}
