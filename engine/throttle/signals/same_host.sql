SELECT inet_server_addr() IS NULL
