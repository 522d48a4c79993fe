// Makes the Binding of a row from the path of members that leads to its value. Included by the field table only.
#pragma once

#include <concepts>
#include <nlohmann/json.hpp>
#include <optional>
#include <type_traits>
#include <variant>

#include "spec/field_binding.h"
#include "spec/read_value.h"
#include "spec/write_value.h"

namespace pgfill::spec {

/// A step of a path: into one alternative of a variant, where the variant holds it.
template <class T>
struct Alternative {};
template <class T>
inline constexpr Alternative<T> as{};

template <class Class, class Member>
Class owner_type(Member Class::*);
template <class Class, class Member>
Member member_type(Member Class::*);

template <class Owner, class Class, class Member>
auto* step(Owner* owner, Member Class::*member) {
  return &(owner->*member);
}
template <class Variant, class T>
auto* step(Variant* variant, Alternative<T>) {
  return std::get_if<T>(variant);
}

/// Null where an alternative on the way is not held.
template <auto First, auto... Rest, class Owner>
auto* follow(Owner* owner) {
  auto* next = step(owner, First);
  if constexpr (sizeof...(Rest) == 0) {
    return next;
  } else {
    using Reached = decltype(follow<Rest...>(next));
    return next == nullptr ? Reached{nullptr} : follow<Rest...>(next);
  }
}

/// The kind of job whose fields the path leads to; empty: of any.
template <class T>
constexpr std::string_view kind_of_step(Alternative<T>) {
  return T::name;
}
template <class Member>
constexpr std::string_view kind_of_step(Member) {
  return {};
}
template <auto... Path>
constexpr std::string_view kind_of_path() {
  std::string_view kind;
  for (const std::string_view one : {kind_of_step(Path)...}) kind = one.empty() ? kind : one;
  return kind;
}

template <auto First, auto...>
struct FirstOf {
  using Owner = decltype(owner_type(First));
};
template <auto First, auto... Rest>
struct LastOf : LastOf<Rest...> {};
template <auto Last>
struct LastOf<Last> {
  static constexpr auto member = Last;
};

template <class T>
concept Emptied = requires(const T& value) {
  value.empty();
};

template <auto... Path>
void read_bound(SpecDecoder& decoder, const Found& found, void* owner) {
  auto* value = follow<Path...>(static_cast<typename FirstOf<Path...>::Owner*>(owner));
  if (value == nullptr) return refuse_for_kind(decoder, found, kind_of_path<Path...>());
  read_value(decoder, found, *value);
}

template <auto... Path>
YamlValue write_bound(const Field& field, const void* owner) {
  const auto* value = follow<Path...>(static_cast<const typename FirstOf<Path...>::Owner*>(owner));
  return value == nullptr ? YamlValue{} : write_value(field, *value);
}

template <auto... Path>
Presence presence_bound(const void* owner) {
  const auto* value = follow<Path...>(static_cast<const typename FirstOf<Path...>::Owner*>(owner));
  if (value == nullptr) return Presence::absent;
  if constexpr (Emptied<std::remove_cvref_t<decltype(*value)>>) {
    return value->empty() ? Presence::usual : Presence::given;
  } else {
    constexpr auto last = LastOf<Path...>::member;
    const decltype(owner_type(last)) usual{};
    return *value == usual.*last ? Presence::usual : Presence::given;
  }
}

template <auto... Path>
void canonical_bound(const Field& field, const void* owner, nlohmann::ordered_json& into) {
  const auto* value = follow<Path...>(static_cast<const typename FirstOf<Path...>::Owner*>(owner));
  using Value = std::remove_cvref_t<decltype(*value)>;
  if (value == nullptr) return;
  if constexpr (std::is_arithmetic_v<Value> || std::is_same_v<Value, std::string>) {
    into = *value;
  } else if constexpr (std::is_same_v<Value, std::optional<std::int64_t>>) {
    if (*value) into = **value;
  } else {
    const YamlValue written = write_value(field, *value);
    if (written.form == YamlValue::Form::scalar) {
      into = written.items.front();
    } else {
      into = written.items;
    }
  }
}

/// The binding of a row whose value stands at the end of this path.
template <auto... Path>
inline constexpr Binding bound{read_bound<Path...>, write_bound<Path...>, presence_bound<Path...>,
                               canonical_bound<Path...>};

template <class T>
void read_kind(SpecDecoder& decoder, const Found& found, void* owner) {
  bool wanted = false;
  read_value(decoder, found, wanted);
  if (wanted) static_cast<JobSpec*>(owner)->kind = T{};
}

template <class T>
Presence presence_of_kind(const void* owner) {
  const bool is_one = std::holds_alternative<T>(static_cast<const JobSpec*>(owner)->kind);
  return is_one ? Presence::given : Presence::absent;
}

/// The binding of a row that is `true` and makes jobs of this kind.
template <class T>
inline constexpr Binding names_kind{read_kind<T>, write_true, presence_of_kind<T>, canonical_true};

}  // namespace pgfill::spec
