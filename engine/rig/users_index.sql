-- After the load, which is faster.
ALTER TABLE public.users ADD PRIMARY KEY (id)
