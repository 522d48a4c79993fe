// The field table as text for people: `pgfill explain` and jobs/README.md.
#include <string>

#include "parse/source_text.h"
#include "spec/field_table.h"

namespace pgfill::spec {

namespace {

constexpr std::string_view introduction = R"(# Job specs

A spec describes one job: a table, new values for its columns or that rows are deleted, and the rows still to do. Four lines are enough;
every other field has a default that is safe.

```yaml
version: 1
job: users-account-state
table: public.users
set: {account_state: user_status}
where: account_state IS NULL
```

The numbered files here are examples that run as they are, each against the table its `.sql` file makes:

| spec | shows |
|---|---|
| `01-copy-column.yaml` | the shortest useful job: a column filled from another |
| `02-part-of-a-table.yaml` | a condition, an explicit key, limits for batches and workers |
| `03-composite-key.yaml` | a key of two columns, bounded at the start |
| `04-several-columns.yaml` | several columns, a sub-select on another table, an alias |
| `05-delete.yaml` | old rows deleted, with a limit and a foreign key that cascades |
| `06-join.yaml` | values from two other tables, as in UPDATE … FROM |

```
psql -f jobs/01-copy-column.sql
pgfill plan jobs/01-copy-column.yaml
pgfill run jobs/01-copy-column.yaml
```

`pgfill init "UPDATE …"` (or "DELETE …") writes a spec from a statement (or from `FILE.sql`), `pgfill validate FILE` checks one, `pgfill explain FIELD` shows
a section of this page, `pgfill schema` prints a JSON Schema for editors. Durations (`300ms`, `2s`, `1m`), sizes
(`16MiB`), rates (`40MiB/s`) and percents (`20%`) carry their unit; unknown fields, fields given twice, anchors, aliases, merge keys and tags are errors, with line and column.

A job gives way by itself: the signals of `throttle` have limits that fit most servers, a signal that cannot be read
holds the job back and says why, and `throttle: {ignore: [replica_lag]}` goes on without its word.

This page is generated from the table the decoder uses: `pgfill explain --markdown > jobs/README.md`.

## Fields
)";

constexpr std::string_view later_introduction = R"(
## Fields of later versions

Known, and refused by name until they work.

| field | what it will do |
|---|---|
)";

/// Breaks a paragraph into lines of at most `width` bytes where words allow.
std::string wrapped(std::string_view text, std::size_t width, std::string_view indentation) {
  std::string result(indentation);
  std::size_t column = indentation.size();
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    if (column > indentation.size() && column + 1 + end - begin > width) {
      result += '\n';
      result += indentation;
      column = indentation.size();
    } else if (begin > 0) {
      result += ' ';
      ++column;
    }
    result += text.substr(begin, end - begin);
    column += end - begin;
    begin = end + 1;
  }
  return result + '\n';
}

std::string default_of(const Field& field) {
  if (field.required) return "required";
  return field.default_text.empty() ? "none" : std::string(field.default_text);
}

std::string markdown_section(const Field& field) {
  std::string text = "\n### `" + std::string(field.path) + "`\n\n";
  text += wrapped(field.meaning, 120, "");
  text += "\n- legal: " + legal_values(field) + "\n";
  text += field.required ? "- required\n" : "- default: " + default_of(field) + "\n";
  return text + "- example: `" + std::string(field.example) + "`\n";
}

}  // namespace

Result<std::string> explain_field(std::string_view path) {
  const Field* field = find_field(path);
  if (field == nullptr) {
    Error error;
    error.code = ErrorCode::spec_unknown_field;
    error.message = "there is no field " + parse::in_quotes(path);
    const std::size_t dot = path.rfind('.');
    const bool nested = dot != std::string_view::npos;
    error.hint = advice_for_unknown(nested ? path.substr(0, dot) : "", leaf_of(path));
    if (error.hint.empty()) error.hint = "jobs/README.md lists all fields";
    if (path.empty()) error.message = "no field is named";
    return error;
  }
  std::string text(field->path);
  text += field->works ? "\n\n" : "  (not supported by this version)\n\n";
  text += wrapped(field->meaning, 80, "  ") + '\n';
  if (field->works) text += "  legal    " + legal_values(*field) + '\n';
  if (field->works) text += "  default  " + default_of(*field) + '\n';
  text += "  example  " + std::string(field->example) + '\n';
  std::string below;
  for (const std::string_view name : names_below(path)) below += ' ' + std::string(path) + '.' + std::string(name);
  if (!below.empty()) text += "  fields  " + below + '\n';
  return text;
}

std::string reference_markdown() {
  std::string text(introduction);
  for (const Field& field : all_fields()) {
    if (field.works) text += markdown_section(field);
  }
  text += later_introduction;
  for (const Field& field : all_fields()) {
    if (field.works) continue;
    text += "| `" + std::string(field.path) + "` | " + std::string(field.meaning) + " Example: `" +
            std::string(field.example) + "` |\n";
  }
  return text;
}

}  // namespace pgfill::spec
