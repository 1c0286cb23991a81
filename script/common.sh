# Sourced by the scripts of this folder: where the tree is, how we speak, how
# long things took. Not a program.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

say() { printf '%s\n' "$*"; }

die() {
  printf '%s: %s\n' "$(basename "$0")" "$*" >&2
  exit 1
}

# phase NAME COMMAND… runs the command and prints how long it took, whether it
# worked or not. The times of all phases are kept for print_phases.
phases=""
phase() {
  local name=$1 start=$SECONDS rc=0 took verdict
  shift
  say "== $name"
  "$@" || rc=$?
  took=$((SECONDS - start))
  verdict=ok
  [ "$rc" = 0 ] || verdict=FAILED
  phases+=$(printf '%-28s %5d s  %s' "$name" "$took" "$verdict")$'\n'
  say "== $name: $verdict after $took s"
  return "$rc"
}

print_phases() { printf '%s' "$phases"; }

# The programs of this project compile the same files in several folders and
# clones; with paths relative to the tree they all share one cache.
setup_ccache() {
  command -v ccache >/dev/null || return 0
  export CMAKE_CXX_COMPILER_LAUNCHER=ccache
  export CCACHE_MAXSIZE=${CCACHE_MAXSIZE:-5G}
  export CCACHE_BASEDIR=$root
  export CCACHE_NOHASHDIR=1
}
