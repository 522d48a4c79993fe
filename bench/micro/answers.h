// What a benchmark computes must be right: a wrong answer is measured by nobody. Not a test library: one check, and the
// exit code of the program follows from it.
#pragma once

#include <benchmark/benchmark.h>

namespace pgfill::bench {

/// When `right` is false the benchmark is reported as an error that says `what`, and the program ends with exit code 1.
void require(benchmark::State& state, bool right, const char* what);

/// How many answers were wrong so far.
int wrong_answers();

}  // namespace pgfill::bench
