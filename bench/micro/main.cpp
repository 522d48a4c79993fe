// The micro benchmarks: arguments go to Google Benchmark. Ends with 1 when one of them computed something wrong.
#include "micro/answers.h"

namespace pgfill::bench {
namespace {

int wrong = 0;

}  // namespace

void require(benchmark::State& state, bool right, const char* what) {
  if (right) return;
  ++wrong;
  state.SkipWithError(what);
}

int wrong_answers() {
  return wrong;
}

}  // namespace pgfill::bench

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return pgfill::bench::wrong_answers() > 0 ? 1 : 0;
}
