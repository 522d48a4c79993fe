// Why no batch of a job begins: a value that says what it is about besides its sentence. Value types; safe to copy
// between threads.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace pgfill {

/// A reason to wait. Several may hold at once; the first kind is the one that is shown.
struct WaitReason {
  /// What it is about, in the order in which they are shown.
  enum class Kind {
    outage,   ///< the database does not answer
    control,  ///< paused by the process that runs the job (Control::pause)
    request,  ///< paused by a request in the ledger, from anywhere
    signal,   ///< a signal of the throttle; `signal` says which
    vacuum,   ///< the table is vacuumed, as its growth nears its limit
  };
  Kind kind = Kind::signal;
  std::string sentence = {};         ///< for people: of a signal its name, value and limit
  std::string signal = {};           ///< its name; empty for other kinds
  std::string subject = {};          ///< which replica, slot or file system; empty when there is one only
  std::optional<double> value = {};  ///< in the unit of its limit; empty: unknown, or of another kind
  std::optional<double> limit = {};  ///< empty: none, or of another kind

  /// Somebody asked for it; else the state of the server does.
  bool is_pause() const { return kind == Kind::control || kind == Kind::request; }
};

/// For instance "signal", as JSON has it.
constexpr std::string_view name_of(WaitReason::Kind kind) {
  constexpr std::string_view names[] = {"outage", "control", "request", "signal", "vacuum"};
  return names[static_cast<int>(kind)];
}

/// Nothing for what is no name of a kind.
constexpr std::optional<WaitReason::Kind> wait_kind_of(std::string_view name) {
  for (int kind = 0; kind <= static_cast<int>(WaitReason::Kind::vacuum); ++kind) {
    if (name_of(static_cast<WaitReason::Kind>(kind)) == name) return static_cast<WaitReason::Kind>(kind);
  }
  return std::nullopt;
}

}  // namespace pgfill
