#!/usr/bin/env bash
# Sets up what the tests need (Node.js, the npm packages of tests/interop, redis-server, libfaketime) and runs them all.
# Ends with a line "N passed, N failed". Arguments go to `dotnet test`.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

install_debian() {
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  echo "test.sh: installing $* ..."
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq "$@" >/dev/null
}

command -v dotnet >/dev/null || { echo "test.sh: the .NET 10 SDK is needed (command 'dotnet')." >&2; exit 2; }
command -v node >/dev/null && command -v npm >/dev/null || install_debian nodejs npm || exit 2
command -v redis-server >/dev/null || install_debian redis-server || exit 2
ls /usr/lib/*/faketime/libfaketimeMT.so.1 >/dev/null 2>&1 || install_debian faketime || exit 2
npm ci --prefix tests/interop --no-audit --no-fund --loglevel=error || exit 2

dotnet build DataMesh.Orleans.sln -c Release -nologo -v quiet || { echo "0 passed, 1 failed"; exit 1; }
log=$(mktemp)
# Test assemblies run one after the other: they start processes and measure memory, and the machine may have two cores.
dotnet test DataMesh.Orleans.sln -c Release --no-build -nologo -m:1 "$@" 2>&1 | tee "$log"
status=${PIPESTATUS[0]}
sum() { grep -oE "$1: +[0-9]+" "$log" | awk '{ total += $2 } END { print total + 0 }'; }
passed=$(sum Passed)
failed=$(sum Failed)
rm -f "$log"
[ "$status" -ne 0 ] && [ "$failed" -eq 0 ] && failed=1
[ "$passed" -eq 0 ] && { echo "test.sh: no test ran." >&2; status=1; failed=$((failed > 0 ? failed : 1)); }
echo "$passed passed, $failed failed"
exit "$status"
