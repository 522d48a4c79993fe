#include "spec/field_decoder.h"

#include <algorithm>

#include "spec/connection_keywords.h"
#include "spec/did_you_mean.h"

namespace pgfill::spec {

std::string path_of(std::string_view group, std::string_view name) {
  return group.empty() ? std::string(name) : std::string(group) + '.' + std::string(name);
}

void FieldDecoder::fail(ErrorCode code, const SourcePlace& place, std::string message, std::string hint,
                        std::string remark) {
  if (error_) return;
  Error error;
  error.code = code;
  error.place = place;
  error.message = std::move(message);
  error.hint = std::move(hint);
  error.remark = std::move(remark);
  error_ = std::move(error);
}

void FieldDecoder::fail(ErrorCode code, const YamlNode& at, std::string message, std::string hint, std::string remark) {
  fail(code, source_.place(at.offset, at.length), std::move(message), std::move(hint), std::move(remark));
}

void FieldDecoder::bad_value(const Field& field, const YamlNode& value, const YamlNode& key, std::string remark) {
  const std::string name = parse::in_quotes(field.path);
  std::string message = "field " + name + " cannot be " + parse::in_quotes(value.text);
  if (value.kind == YamlNode::Kind::null) message = "field " + name + " has no value";
  if (value.kind == YamlNode::Kind::map) message = "field " + name + " cannot be a map";
  if (value.kind == YamlNode::Kind::sequence) message = "field " + name + " cannot be a list";
  std::string hint = "legal: " + legal_values(field) + "; pgfill explain " + std::string(field.path);
  // A value that is missing has no place of its own.
  const bool nothing = value.kind == YamlNode::Kind::null && value.text.empty();
  fail(ErrorCode::spec_bad_value, nothing ? key : value, std::move(message), std::move(hint), std::move(remark));
}

void FieldDecoder::check_names(const YamlNode& map, std::string_view group) {
  for (std::size_t index = 0; index < map.keys.size() && ok(); ++index) {
    const YamlNode& key = map.keys[index];
    const std::string path = path_of(group, key.text);
    const bool dotted = key.text.find('.') != std::string::npos;
    const Field* field = dotted ? nullptr : find_field(path);
    if (field == nullptr) {
      const std::string advice = advice_for_unknown(group, key.text);
      fail(ErrorCode::spec_unknown_field, key, "unknown field " + parse::in_quotes(path),
           "jobs/README.md lists all fields; pgfill explain FIELD tells about one", advice);
    } else if (!field->works) {
      fail(ErrorCode::spec_not_yet, key, "field " + parse::in_quotes(path) + " is not supported by this version",
           "take the field out; pgfill explain " + path + " tells what it will do");
    }
  }
}

void FieldDecoder::read_keywords(const YamlNode& map, std::vector<std::pair<std::string, std::string>>& into) {
  for (std::size_t index = 0; index < map.keys.size() && ok(); ++index) {
    const YamlNode& keyword = map.keys[index];
    const YamlNode& value = map.items[index];
    if (check_keyword(keyword, value)) into.emplace_back(keyword.text, value.text);
  }
}

bool FieldDecoder::check_keyword(const YamlNode& keyword, const YamlNode& value) {
  const std::vector<std::string_view>& known = connection_keywords();
  if (is_secret_keyword(keyword.text)) {
    SourcePlace place = source_.place(keyword.offset, keyword.length);
    place.line_text.clear();  // the secret must not be printed
    fail(ErrorCode::password_on_command, place, "a " + keyword.text + " does not belong in a spec",
         "keep it in ~/.pgpass or in a service file (~/.pg_service.conf), and leave it out here");
    return false;
  }
  if (std::find(known.begin(), known.end(), keyword.text) == known.end()) {
    const std::string_view reason = refused_keyword(keyword.text);
    const auto similar = did_you_mean(keyword.text, known);
    const std::string remark = similar ? "did you mean \"" + std::string(*similar) + "\"?" : "";
    fail(ErrorCode::spec_unknown_field, keyword,
         "connection keyword " + parse::in_quotes(keyword.text) + (reason.empty() ? " is unknown" : " cannot be set"),
         reason.empty() ? "pgfill takes the keywords of libpq" : std::string(reason), reason.empty() ? remark : "");
    return false;
  }
  if (value.kind != YamlNode::Kind::scalar || value.text.empty()) {
    fail(ErrorCode::spec_bad_value, value.kind == YamlNode::Kind::null ? keyword : value,
         "connection keyword " + parse::in_quotes(keyword.text) + " needs one value", "write `keyword: value`");
    return false;
  }
  if (keyword.text == "dbname" && is_connection_string(value.text)) {
    SourcePlace place = source_.place(keyword.offset, keyword.length);
    place.line_text.clear();  // it may hold a password
    fail(ErrorCode::spec_bad_value, place, "dbname holds a whole connection string",
         "write its parts as keywords of their own: host, port, dbname, user");
    return false;
  }
  return ok();
}

}  // namespace pgfill::spec
