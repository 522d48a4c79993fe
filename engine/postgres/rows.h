// The answer of the server to one statement.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

extern "C" {
typedef struct pg_result PGresult;
}

namespace pgfill::postgres {

class Rows;

/// One row of an answer, read by the names of its columns. Lives no longer than the answer.
class Row {
 public:
  Row(const Rows& rows, int number) : rows_(rows), number_(number) {}

  bool is_null(const char* column) const;
  /// As those of Rows.
  std::string_view text(const char* column) const;
  std::string string(const char* column) const { return std::string(text(column)); }
  std::int64_t integer(const char* column) const;
  double real(const char* column) const;
  bool boolean(const char* column) const { return text(column) == "t"; }
  std::vector<std::string> array(const char* column) const;

 private:
  const Rows& rows_;
  int number_;
};

/// Owns one libpq result in text format. Movable; views returned live as long as it does. Indices are checked by
/// assertion only: statements and readers are written together.
class Rows {
 public:
  explicit Rows(PGresult* result);

  int size() const;
  bool empty() const { return size() == 0; }
  /// Row 0 is the first.
  Row at(int row) const { return {*this, row}; }
  Row front() const { return at(0); }
  /// The number of a column by its name; asserted to be there.
  int column(const char* name) const;
  bool is_null(int row, int column) const;
  /// The value as text; empty for NULL.
  std::string_view text(int row, int column) const;
  std::optional<std::string> optional_text(int row, int column) const;
  std::string string(int row, int column) const { return std::string(text(row, column)); }
  /// Numbers; 0 for NULL.
  std::int64_t integer(int row, int column) const;
  double real(int row, int column) const;
  bool boolean(int row, int column) const { return text(row, column) == "t"; }
  /// Elements of a one-dimensional array without NULLs; empty for NULL.
  std::vector<std::string> array(int row, int column) const;
  /// The command tag, for instance "UPDATE 17" or "COMMIT".
  std::string_view tag() const;
  /// Rows the command changed, from its tag; 0 when the tag has no count.
  std::int64_t affected() const;

 private:
  struct Clear {
    void operator()(PGresult* result) const;
  };
  std::unique_ptr<PGresult, Clear> result_;
};

/// An array literal the server reads back as exactly these elements: for text[] parameters.
std::string array_literal(const std::vector<std::string>& elements);

}  // namespace pgfill::postgres
