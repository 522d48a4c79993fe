# What bench/throughput/run measured, as a table in Markdown: medians of each candidate over the rounds; rates and WAL
# against bulk in the same round. Reads the lines of its runs; -v candidates: their names in the order of the table.
{
  for (i = 3; i <= NF; ++i) value[$2, $1, i] = $i
  if ($1 > rounds) rounds = $1
}

# The median of a field, as `format` says; "-" where it was not measured. With `relative` of its ratios to bulk's in the
# same round. Sets `least` and `most`.
function median(name, field, format, relative,    n, i, j, x, sorted) {
  for (n = 1; n <= rounds; ++n) {
    x = value[name, n, field]
    if (x == "-") return "-"
    if (relative) x /= value["bulk", n, field]
    for (j = n; j > 1 && sorted[j - 1] > x + 0; --j) sorted[j] = sorted[j - 1]
    sorted[j] = x + 0
  }
  least = sorted[1]
  most = sorted[rounds]
  return sprintf(format, (sorted[int((rounds + 1) / 2)] + sorted[int(rounds / 2) + 1]) / 2)
}

function thousands(digits) {
  return length(digits) <= 3 ? digits : thousands(substr(digits, 1, length(digits) - 3)) "," \
    substr(digits, length(digits) - 2)
}

function against_bulk(name,    middle) {
  if (name == "bulk") return "1 | 1"
  middle = median(name, 3, "%.2f", 1)
  return sprintf("%s (%.2f to %.2f) | ", middle, least, most) median(name, 4, "%.2f", 1)
}

END {
  print "| candidate | rows/s | rows/s against bulk | WAL against bulk | heap growth | index growth | HOT" \
    " | client CPU s/M | client MiB | server CPU s/M | full-page images/k | reads/k | lag MiB | behind s |"
  print "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|"
  count = split(candidates, names, " ")
  for (c = 1; c <= count; ++c) {
    name = names[c]
    line = "| " name " | " thousands(median(name, 3, "%.0f")) " | " against_bulk(name)
    line = line " | " median(name, 5, "%.1f %%") " | " median(name, 6, "%.1f %%") " | " median(name, 7, "%.0f %%")
    line = line " | " median(name, 8, "%.3f") " | " median(name, 9, "%.1f") " | " median(name, 10, "%.2f")
    print line " | " median(name, 11, "%.1f") " | " median(name, 12, "%.1f") " | " median(name, 13, "%.1f") \
      " | " median(name, 14, "%.2f") " |"
  }
}
