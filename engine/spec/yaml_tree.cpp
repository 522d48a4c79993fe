#include "spec/yaml_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <string_view>
#include <utility>

namespace pgfill::spec {

namespace {

/// PostgreSQL tables have at most 1600 columns; the bound keeps the search for duplicates cheap.
constexpr std::size_t max_map_fields = 2000;

/// Every value and every name counts. The widest spec, 1600 columns with an expression each, has some 3300.
constexpr std::size_t max_nodes = 10'000;

/// yaml-cpp reads ahead to the end of what a bracket opens before it tells of it, so its nesting is bounded here, by
/// counting without regard to quotes and comments. No SQL that is short enough has more.
constexpr std::size_t max_brackets = std::size_t{32} * 1024;

/// Leaves yaml-cpp's parser, which can only be stopped by throwing; caught in read_yaml.
struct Refusal {
  Error error;
};

/// Builds the tree from yaml-cpp's events, so that aliases are never expanded and nothing is lost on the way.
class TreeBuilder : public YAML::EventHandler {
 public:
  explicit TreeBuilder(const parse::SourceText& source) : source_(source) {}

  YamlNode take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override;
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override;
  void OnSequenceEnd() override { end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override;
  void OnMapEnd() override { end(); }

 private:
  [[noreturn]] void refuse(const YamlNode& at, ErrorCode code, std::string message, std::string hint) const;
  YamlNode make(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor);
  void measure_scalar(YamlNode& node, bool plain) const;
  void begin(YamlNode node);
  void end();
  void add(YamlNode node);
  void add_key(YamlNode& map, YamlNode key) const;

  const parse::SourceText& source_;
  std::vector<YamlNode> open_;
  YamlNode root_;
  std::size_t nodes_ = 0;
  bool has_document_ = false;
};

void TreeBuilder::refuse(const YamlNode& at, ErrorCode code, std::string message, std::string hint) const {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.hint = std::move(hint);
  error.place = source_.place(at.offset, at.length);
  throw Refusal{std::move(error)};
}

YamlNode TreeBuilder::make(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
  YamlNode node;
  node.kind = kind;
  node.offset = source_.offset_of(static_cast<std::size_t>(std::max(0, mark.line)),
                                  static_cast<std::size_t>(std::max(0, mark.column)));
  if (++nodes_ > max_nodes) {
    refuse(node, ErrorCode::spec_too_large, "the spec has more than 10000 names and values",
           "put long lists of values into a table and read them with a sub-select");
  }
  if (anchor != 0) {
    refuse(node, ErrorCode::spec_syntax, "an anchor (&name) has no use in a spec",
           "write the value where it is needed");
  }
  // yaml-cpp says "?" for no tag, "!" for quoted scalars and block scalars.
  const bool tagged = !tag.empty() && tag != "?" && tag != "!";
  if (tagged) {
    refuse(node, ErrorCode::spec_syntax, "a tag (!name) has no use in a spec", "write the value without its tag");
  }
  return node;
}

void TreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (has_document_) {
    refuse(make(YamlNode::Kind::null, mark, {}, 0), ErrorCode::spec_syntax, "a second document begins here",
           "write one spec per file");
  }
  has_document_ = true;
}

void TreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  YamlNode node = make(YamlNode::Kind::null, mark, {}, anchor);
  // The mark of an empty value is that of the next token, so the word must end where a value ends.
  const std::string_view rest = source_.text().substr(node.offset);
  const std::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n,]}"));
  if (word == "null" || word == "Null" || word == "NULL" || word == "~") node.text = word;
  node.length = std::max<std::size_t>(1, node.text.size());
  add(std::move(node));
}

void TreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t) {
  refuse(make(YamlNode::Kind::null, mark, {}, 0), ErrorCode::spec_syntax, "an alias (*name) has no use in a spec",
         "write the value itself, in quotes when it begins with *");
}

/// Length of the quoted scalar that begins at `text`, with its quotes; nothing when it never ends.
std::optional<std::size_t> quoted_length(std::string_view text) {
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      if (quote == '"' || at + 1 == text.size() || text[at + 1] != quote) return at + 1;
      ++at;
    }
  }
  return std::nullopt;
}

void TreeBuilder::measure_scalar(YamlNode& node, bool plain) const {
  const std::string_view rest = source_.text().substr(node.offset);
  const char first = rest.empty() ? ' ' : rest.front();
  if (plain) {
    node.length = std::max<std::size_t>(1, node.text.size());
  } else if (first == '"' || first == '\'') {
    const auto length = quoted_length(rest);
    if (!length) {
      refuse(node, ErrorCode::spec_syntax, "a quoted text begins here and never ends", "close the quote");
    }
    node.length = *length;
  }
}

void TreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           const std::string& value) {
  YamlNode node = make(YamlNode::Kind::scalar, mark, tag, anchor);
  node.text = value;
  measure_scalar(node, tag == "?");
  // Escapes can write what the text itself may not hold.
  if (parse::SourceText({}, node.text).check(ErrorCode::spec_syntax)) {
    refuse(node, ErrorCode::spec_syntax, "the value holds a control character", "remove the escape that writes it");
  }
  add(std::move(node));
}

void TreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                  YAML::EmitterStyle::value) {
  begin(make(YamlNode::Kind::sequence, mark, tag, anchor));
}

void TreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                             YAML::EmitterStyle::value) {
  begin(make(YamlNode::Kind::map, mark, tag, anchor));
}

void TreeBuilder::begin(YamlNode node) {
  if (open_.size() >= max_yaml_depth) {
    refuse(node, ErrorCode::spec_too_large, "the spec is nested deeper than 16 levels", "no field needs so many");
  }
  open_.push_back(std::move(node));
}

void TreeBuilder::end() {
  YamlNode node = std::move(open_.back());
  open_.pop_back();
  add(std::move(node));
}

void TreeBuilder::add_key(YamlNode& map, YamlNode key) const {
  if (key.kind != YamlNode::Kind::scalar) {
    refuse(key, ErrorCode::spec_syntax, "a field's name must be a plain word", "write `name: value`");
  }
  if (key.text == "<<") {
    refuse(key, ErrorCode::spec_syntax, "merge keys (<<) are not taken over by pgfill",
           "write the fields where they are needed");
  }
  if (map.keys.size() >= max_map_fields) {
    refuse(key, ErrorCode::spec_too_large, "a map has more than 2000 fields", "no table has so many columns");
  }
  for (const YamlNode& other : map.keys) {
    if (other.text != key.text) continue;
    refuse(key, ErrorCode::spec_duplicate_field,
           "field " + parse::in_quotes(key.text) + " is given twice; first on line " +
               std::to_string(source_.line_of(other.offset) + 1),
           "leave one of the two out");
  }
  map.keys.push_back(std::move(key));
}

void TreeBuilder::add(YamlNode node) {
  if (open_.empty()) {
    root_ = std::move(node);
    return;
  }
  YamlNode& parent = open_.back();
  const bool is_key = parent.kind == YamlNode::Kind::map && parent.keys.size() == parent.items.size();
  if (is_key) {
    add_key(parent, std::move(node));
  } else {
    parent.items.push_back(std::move(node));
  }
}

Error syntax_error(const parse::SourceText& source, const YAML::Exception& failure) {
  Error error;
  error.code = ErrorCode::spec_syntax;
  error.message = "this is not YAML: " + failure.msg;
  error.hint = "check the indentation; put a value that holds ': ' or ' #' or begins with a sign into quotes";
  const auto line = static_cast<std::size_t>(std::max(0, failure.mark.line));
  const auto column = static_cast<std::size_t>(std::max(0, failure.mark.column));
  error.place = source.place(source.offset_of(line, column));
  return error;
}

std::optional<Error> check_size(const parse::SourceText& source) {
  std::string_view text = source.text();
  Error error;
  error.code = ErrorCode::spec_too_large;
  error.hint = "put long lists of values into a table and read them with a sub-select";
  if (text.size() > parse::max_spec_bytes) {
    error.message = "the spec is larger than 256 KiB";
    error.place = source.place(0);
    error.place.line_text.clear();
    return error;
  }
  std::size_t brackets = 0;
  for (std::size_t at = text.find_first_of("[{"); at != std::string_view::npos; at = text.find_first_of("[{", at + 1)) {
    if (++brackets <= max_brackets) continue;
    error.message = "the spec opens more than " + std::to_string(max_brackets) + " brackets";
    error.place = source.place(at);
    return error;
  }
  return std::nullopt;
}

}  // namespace

Result<YamlNode> read_yaml(const parse::SourceText& source) {
  if (auto error = check_size(source)) return *error;
  if (auto error = source.check(ErrorCode::spec_syntax)) return *error;
  TreeBuilder builder(source);
  try {
    std::istringstream stream{std::string(source.text())};
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Refusal& refusal) {
    return refusal.error;
  } catch (const YAML::Exception& failure) {
    return syntax_error(source, failure);
  }
  return builder.take();
}

const YamlNode* find_value(const YamlNode& map, std::string_view key) {
  for (std::size_t index = 0; index < map.keys.size() && index < map.items.size(); ++index) {
    if (map.keys[index].text == key) return &map.items[index];
  }
  return nullptr;
}

SourcePlace place_in_scalar(const parse::SourceText& source, const YamlNode& scalar, std::size_t offset,
                            std::size_t length) {
  const std::string_view rest = source.text().substr(scalar.offset);
  for (const std::size_t quote : {std::size_t{0}, std::size_t{1}}) {
    if (rest.substr(std::min(quote, rest.size()), scalar.text.size()) == scalar.text) {
      return source.place(scalar.offset + quote + offset, length);
    }
  }
  // A literal block: the text's lines stand indented below the sign.
  offset = std::min(offset, scalar.text.size());
  const std::string_view before = std::string_view(scalar.text).substr(0, offset);
  const auto lines = static_cast<std::size_t>(std::count(before.begin(), before.end(), '\n'));
  const std::size_t line_begin = before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
  const std::size_t line_end = std::min(scalar.text.find('\n', line_begin), scalar.text.size());
  const std::string_view text = std::string_view(scalar.text).substr(line_begin, line_end - line_begin);
  const std::size_t number = source.line_of(scalar.offset) + 1 + lines;
  const std::string_view line = source.line(number);
  if (rest.starts_with('|') && !text.empty() && line.ends_with(text)) {
    return source.place(source.offset_of(number, line.size() - text.size() + offset - line_begin), length);
  }
  return source.place(scalar.offset, scalar.length);
}

}  // namespace pgfill::spec
