// Numbers, words and texts: values that are one scalar.
#include "spec/read_value.h"

#include <date/tz.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "spec/did_you_mean.h"
#include "spec/duration.h"
#include "spec/job_name.h"
#include "spec/link.h"
#include "spec/quantity.h"
#include "spec/signal_text.h"

namespace pgfill::spec {

namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, number);
  return failure == std::errc{} && stop == end ? std::optional(number) : std::nullopt;
}

bool is_zone(const std::string& name) {
  try {
    return date::locate_zone(name) != nullptr;
  } catch (const std::runtime_error&) {
    return false;
  }
}

/// Code points of UTF-8, as the JSON Schema counts.
std::int64_t characters(std::string_view text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

/// Whether the value is a scalar; fails otherwise.
bool is_scalar(SpecDecoder& decoder, const Found& found) {
  const bool scalar = found.value.kind == YamlNode::Kind::scalar;
  if (!scalar) decoder.bad(found);
  return scalar;
}

bool is_word(const Found& found, std::string_view word) {
  return found.value.kind == YamlNode::Kind::scalar && found.value.text == word;
}

// Of each type of text: what is wrong with it, by way of the decoder's error.

void check_line(SpecDecoder& decoder, const Found& found) {
  const std::string& text = found.value.text;
  const bool blank = text.find_first_not_of(' ') == std::string::npos;
  if (blank) return decoder.bad(found, "leave the field out when there is nothing to say");
  if (text.find_first_of("\t\r\n") != std::string::npos || characters(text) > found.field.most) decoder.bad(found);
}

void check_link(SpecDecoder& decoder, const Found& found) {
  check_line(decoder, found);
  const std::string& text = found.value.text;
  if (!decoder.ok() || is_link(text)) return;
  const bool word = text.find_first_of("/: ") == std::string::npos;
  decoder.bad(found, word ? "a file here? write ./" + text : "");
}

void check_query(SpecDecoder& decoder, const Found& found) {
  const bool blank = found.value.text.find_first_not_of(" \t\r\n") == std::string::npos;
  if (blank || static_cast<std::int64_t>(found.value.text.size()) > found.field.most) decoder.bad(found);
}

void check_address(SpecDecoder& decoder, const Found& found) {
  check_query(decoder, found);
  if (!decoder.ok() || is_http_url(found.value.text)) return;
  const bool tls = found.value.text.starts_with("https:");
  decoder.bad(found, tls ? "there is no TLS here: ask a proxy on this host by http" : "");
}

void check_text(SpecDecoder& decoder, const Found& found) {
  switch (found.field.type) {
    case FieldType::text:
      return check_line(decoder, found);
    case FieldType::link:
      return check_link(decoder, found);
    case FieldType::query:
      return check_query(decoder, found);
    case FieldType::http_url:
      return check_address(decoder, found);
    case FieldType::job_name:
      if (!is_job_name(found.value.text)) decoder.bad(found);
      return;
    case FieldType::signal_name:
      if (!is_signal_name(found.value.text)) decoder.bad(found);
      return;
    case FieldType::time_zone:
      if (!is_zone(found.value.text)) decoder.bad(found, "this machine's time zone database does not know it");
      return;
    default:
      return;
  }
}

}  // namespace

bool is_off(const Found& found) {
  return found.field.can_be_off && is_word(found, "off");
}

bool is_auto(const Found& found) {
  return found.field.can_be_auto && is_word(found, "auto");
}

std::optional<std::int64_t> read_quantity(SpecDecoder& decoder, const Found& found) {
  if (!is_scalar(decoder, found)) return std::nullopt;
  const std::string& text = found.value.text;
  std::optional<std::int64_t> number;
  std::string advice;
  if (found.field.type == FieldType::duration) {
    const auto duration = parse_duration(text);
    if (duration) number = duration->count();
    advice = duration_advice(text);
  } else if (const auto measure = measure_of(found.field.type)) {
    number = parse_quantity(*measure, text);
    advice = quantity_advice(*measure, text);
  } else {
    number = whole_number(text);
  }
  if (number && *number >= found.field.least && *number <= found.field.most) return number;
  decoder.bad(found, number ? "" : advice);
  return std::nullopt;
}

std::optional<std::size_t> read_choice(SpecDecoder& decoder, const Found& found) {
  if (!is_scalar(decoder, found)) return std::nullopt;
  const std::vector<std::string_view> choices = choices_of(found.field);
  const auto chosen = std::find(choices.begin(), choices.end(), found.value.text);
  if (chosen != choices.end()) return static_cast<std::size_t>(chosen - choices.begin());
  const auto similar = did_you_mean(found.value.text, choices);
  decoder.bad(found, similar ? "did you mean \"" + std::string(*similar) + "\"?" : "");
  return std::nullopt;
}

void refuse_for_kind(SpecDecoder& decoder, const Found& found, std::string_view kind) {
  const Field& maker = *field_that_makes(kind);
  decoder.fail(ErrorCode::spec_bad_value, found.key,
               parse::in_quotes(found.field.path) + " is for jobs with `" + std::string(maker.path) + "`",
               "leave it out, or write what makes such a job: `" + std::string(maker.example) + "`");
}

void read_value(SpecDecoder& decoder, const Found& found, bool& into) {
  const std::string& text = found.value.text;
  if (found.field.type == FieldType::truth) {
    if (!is_scalar(decoder, found)) return;
    into = text == "true" || text == "yes";
    if (!into) decoder.bad(found, "leave the field out");
  } else if (read_choice(decoder, found)) {
    into = text == "yes" || text == "on" || text == "true";
  }
}

void read_value(SpecDecoder& decoder, const Found& found, double& into) {
  if (!is_scalar(decoder, found)) return;
  const std::string& text = found.value.text;
  const char* const end = text.data() + text.size();
  const auto [stop, failure] = std::from_chars(text.data(), end, into);
  const bool number = failure == std::errc{} && stop == end && std::isfinite(into);
  if (!number || std::signbit(into)) decoder.bad(found);
}

void read_value(SpecDecoder& decoder, const Found& found, std::string& into) {
  if (!is_scalar(decoder, found)) return;
  if (found.field.type == FieldType::name) {
    const std::vector<std::string> parts = decoder.name_at(found.value, 1);
    if (!parts.empty()) into = parts.front();
  } else if (found.field.type == FieldType::condition) {
    into = decoder.expression_at(found.value, true);
  } else if (found.field.type == FieldType::relations) {
    into = decoder.joined_at(found.value);
  } else {
    check_text(decoder, found);
    into = found.value.text;
  }
}

void read_value(SpecDecoder& decoder, const Found& found, std::chrono::minutes& into) {
  if (!is_scalar(decoder, found)) return;
  const std::string& text = found.value.text;
  const bool shape = text.size() == 5 && text[2] == ':' && all_digits(text.substr(0, 2)) && all_digits(text.substr(3));
  const int hours = shape ? std::stoi(text.substr(0, 2)) : 0;
  const int minutes = shape ? std::stoi(text.substr(3)) : 0;
  const int moment = hours * 60 + minutes;
  if (!shape || minutes > 59 || moment > found.field.most) {
    decoder.bad(found, shape ? "" : "write two digits each: \"06:00\"");
  }
  into = std::chrono::minutes(moment);
}

void read_value(SpecDecoder& decoder, const Found& found, FreeRoom& into) {
  if (!is_scalar(decoder, found)) return;
  const std::string& text = found.value.text;
  if (const auto percent = parse_quantity(Measure::percent, text); percent && *percent >= 1 && *percent <= 99) {
    into = FreeRoom{{}, static_cast<int>(*percent)};
    return;
  }
  const auto bytes = parse_quantity(Measure::size, text);
  if (!bytes || *bytes < found.field.least || *bytes > found.field.most) {
    return decoder.bad(found, bytes ? "" : "write a size (50GiB) or a percent (5%)");
  }
  into = FreeRoom{*bytes, {}};
}

}  // namespace pgfill::spec
