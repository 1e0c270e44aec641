std = "luajit"
max_line_length = 120
read_globals = { "vim" }
-- Options and variables are set through these tables.
globals = { "vim.g", "vim.b", "vim.bo", "vim.wo", "vim.o", "vim.opt_local" }
