-- The planner compares conditions with the bounds of a partition that is named by itself, in the rest of the transaction.
SELECT set_config('constraint_exclusion', 'on', true)
