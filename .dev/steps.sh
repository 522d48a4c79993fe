# Sourced by the commands of this folder: where the project is, headings with times, and building a preset.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

# Only the first compilation after a change of the tree is slow when ccache is there.
if command -v ccache >/dev/null; then export CMAKE_CXX_COMPILER_LAUNCHER=ccache; fi
# Copies of the tree share its objects.
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=true CCACHE_SLOPPINESS=pch_defines,time_macros

step=""
step_began=0
step_times=()
trap 'if [ -n "$step" ]; then echo "== FAILED: $step" >&2; fi' ERR

# step TEXT: prints a heading with the time since the command began.
step() {
  note_time
  step=$1
  printf '\n== %s  [+%d:%02d]\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
}

# note_time: the step that ends now, for print_times.
note_time() {
  if [ -n "$step" ]; then step_times+=("$(printf '%4d:%02d  %s' $(((SECONDS - step_began) / 60)) $(((SECONDS - step_began) % 60)) "$step")"); fi
  step_began=$SECONDS
}

# print_times: a table of where the time went.
print_times() {
  note_time
  step=""
  printf '\n== Where the time went (minutes)\n'
  printf '%s\n' "${step_times[@]}" "$(printf '%4d:%02d  in all' $((SECONDS / 60)) $((SECONDS % 60)))"
}

# build PRESET [ARGUMENT...]: configures and builds; arguments go to the build tool, for instance --target NAME.
build() {
  local preset=$1 output
  shift
  output=$(cmake --preset "$preset" 2>&1) || { echo "$output"; return 1; }
  cmake --build --preset "$preset" "$@"
}

# sources: every C++ file of the project, one a line.
sources() {
  find engine include tests bench -name '*.cpp' -o -name '*.h' | sort
}
