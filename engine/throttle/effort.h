// How much effort is allowed, steered by one number, the pressure: the law itself. Pure.
//
// Below 0.85 of the limit effort grows, the slower the nearer; from 0.85 to 0.92 it is held, so that there is a place
// to rest; above, it is cut to where the pressure would be at 0.85, by a half at most, and left for the time that a cut
// takes to show. Growth is cautious where it failed lately, as CUBIC is around its last loss. Compared with other laws
// in bench/README.md.
#pragma once

namespace pgfill::throttle {

/// Not thread-safe; a value.
class Effort {
 public:
  explicit Effort(double least) : least_(least) {}

  /// Share of the free rate; from the least effort to 1. Begins at 1.
  double value() const { return value_; }
  /// `seconds` have passed under this pressure: the worst value relative to its limit. Both finite and not negative.
  void step(double pressure, double seconds);
  /// A load has passed a limit that stops: go on with less when it opens again.
  void hit_limit();
  void set_least(double least);
  /// No more than this, whatever the pressure; a cut begins from there. Not below the least.
  void set_most(double most);
  bool at_most() const { return value_ >= most_; }

 private:
  double growth_rate(double pressure) const;

  double least_;
  double most_ = 1;
  double value_ = 1;
  double failed_at_ = 1;       ///< the effort that was too much
  double since_failed_ = 1e9;  ///< seconds
  double since_cut_ = 1e9;     ///< seconds
};

}  // namespace pgfill::throttle
