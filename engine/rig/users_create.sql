-- The table of the demo and the record of what the application did to it. `account_state` is what the job fills.
CREATE TABLE public.users (
  id bigint NOT NULL,
  user_status varchar(50) NOT NULL,
  email text NOT NULL,
  payload text NOT NULL,
  updated_at timestamptz NOT NULL,
  account_state varchar(50)
);
CREATE TABLE public.application_ledger (
  seq bigserial PRIMARY KEY,
  op bigint NOT NULL UNIQUE,
  key bigint NOT NULL,
  kind text NOT NULL,
  value text,
  needed_job boolean NOT NULL
);
