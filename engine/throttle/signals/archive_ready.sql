SELECT count(*) FROM pg_ls_archive_statusdir() AS f WHERE f.name ~ '^[0-9A-F]{24}\.ready$'
