#include "postgres/rows.h"

#include <libpq-fe.h>

#include <cassert>
#include <charconv>
#include <cstdlib>

namespace pgfill::postgres {

void Rows::Clear::operator()(PGresult* result) const {
  PQclear(result);
}

Rows::Rows(PGresult* result) : result_(result) {}

int Rows::size() const {
  return PQntuples(result_.get());
}

bool Rows::is_null(int row, int column) const {
  return PQgetisnull(result_.get(), row, column) != 0;
}

std::string_view Rows::text(int row, int column) const {
  assert(row < size() && column < PQnfields(result_.get()));
  return {PQgetvalue(result_.get(), row, column), static_cast<std::size_t>(PQgetlength(result_.get(), row, column))};
}

std::optional<std::string> Rows::optional_text(int row, int column) const {
  if (is_null(row, column)) return std::nullopt;
  return string(row, column);
}

std::int64_t Rows::integer(int row, int column) const {
  const std::string_view value = text(row, column);
  std::int64_t number = 0;
  std::from_chars(value.data(), value.data() + value.size(), number);
  return number;
}

double Rows::real(int row, int column) const {
  return std::strtod(string(row, column).c_str(), nullptr);
}

std::vector<std::string> Rows::array(int row, int column) const {
  const std::string_view literal = text(row, column);
  std::vector<std::string> elements;
  bool quoted = false;
  bool open = false;
  for (std::size_t i = 1; i + 1 < literal.size(); ++i) {
    const char c = literal[i];
    if (!open) {
      elements.emplace_back();
      open = true;
    }
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      elements.emplace_back();
    } else {
      elements.back() += c == '\\' ? literal[++i] : c;
    }
  }
  return elements;
}

int Rows::column(const char* name) const {
  const int number = PQfnumber(result_.get(), name);
  assert(number >= 0);
  return number;
}

bool Row::is_null(const char* column) const {
  return rows_.is_null(number_, rows_.column(column));
}

std::string_view Row::text(const char* column) const {
  return rows_.text(number_, rows_.column(column));
}

std::int64_t Row::integer(const char* column) const {
  return rows_.integer(number_, rows_.column(column));
}

double Row::real(const char* column) const {
  return rows_.real(number_, rows_.column(column));
}

std::vector<std::string> Row::array(const char* column) const {
  return rows_.array(number_, rows_.column(column));
}

std::string_view Rows::tag() const {
  return PQcmdStatus(result_.get());
}

std::int64_t Rows::affected() const {
  return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
}

std::string array_literal(const std::vector<std::string>& elements) {
  std::string literal = "{";
  for (const std::string& element : elements) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (const char c : element) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  return literal + '}';
}

}  // namespace pgfill::postgres
