// TableServer
