#!/usr/bin/env bash
# A cluster on one machine: Redis and three silos, with an example submitted and its status shown until it is done.
#
#   ./run-local.sh                                   runs examples/cluster/quarters.yaml over three silos, then cleans up
#   ./run-local.sh my.yaml --silos 5 --stay          keeps the cluster until Ctrl-C
#   ./run-local.sh --host redis                      not on Microsoft Orleans, which is taken where its packages restore
#
# Everything listens on loopback and lives in one temporary folder, but for the tables, which stand where the pipeline file says.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

pipeline=examples/cluster/quarters.yaml
silos=3
port=7420
stay=false
host=auto
usage() {
  sed -n '2,8s/^# \{0,1\}//p' "$0"
  echo "options: --silos N (3), --port P (7420: the first silo's; Redis takes P - 1), --host orleans|redis, --stay"
}
while [ $# -gt 0 ]; do
  case $1 in
    --silos) silos=${2:?--silos needs a number}; shift 2 ;;
    --port) port=${2:?--port needs a number}; shift 2 ;;
    --host) host=${2:?--host needs a name}; shift 2 ;;
    --stay) stay=true; shift ;;
    -h | --help) usage; exit 0 ;;
    -*) echo "run-local: unknown option $1" >&2; usage >&2; exit 2 ;;
    *) pipeline=$1; shift ;;
  esac
done
[[ $silos =~ ^[1-9][0-9]?$ ]] || { echo "run-local: --silos takes a number from 1 to 99, not '$silos'." >&2; exit 2; }
[[ $port =~ ^[0-9]+$ ]] && [ "$port" -gt 1024 ] && [ "$port" -lt 65000 ] || { echo "run-local: --port takes a number from 1025 to 64999, not '$port'." >&2; exit 2; }
[[ $host =~ ^(auto|orleans|redis)$ ]] || { echo "run-local: --host takes orleans or redis, not '$host'." >&2; exit 2; }
[ -f "$pipeline" ] || { echo "run-local: there is no file '$pipeline'." >&2; exit 2; }

if ! command -v redis-server >/dev/null || ! command -v curl >/dev/null; then
  echo "run-local: installing redis-server and curl ..." >&2
  sudo=""; [ "$(id -u)" = 0 ] || sudo=sudo
  $sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $sudo apt-get install -y -qq redis-server curl >/dev/null
fi
if [ $host = auto ]; then
  if dotnet restore cluster/orleans-packages.csproj -v quiet >/dev/null 2>&1; then host=orleans; else host=redis; fi
  [ $host = orleans ] || echo "run-local: the packages of Microsoft Orleans do not restore here." >&2
fi
echo "run-local: $silos silos on $([ $host = orleans ] && echo 'Microsoft Orleans and Redis' || echo Redis)" >&2
if [ $host = orleans ]; then
  export OrleansEngine=true
  # A build without the Orleans host is of no use here.
  artifacts/datamesh/datamesh silo --help 2>/dev/null | grep -q 'not compiled' && rm -f artifacts/datamesh/datamesh
fi
./datamesh --version >/dev/null # builds once

folder=$(mktemp -d -t datamesh.XXXXXX)
pids=()
redis_pid=
end() {
  [ $# -eq 0 ] || { kill "$@" && wait "$@"; } 2>/dev/null || true
}
clean_up() {
  trap - EXIT INT TERM
  end "${pids[@]}" # silos first: they hand over through Redis
  end $redis_pid
  rm -rf "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

redis=$((port - 1))
redis-server --port "$redis" --bind 127.0.0.1 --dir "$folder" --appendonly yes --save "" >"$folder/redis.log" 2>&1 &
redis_pid=$!
for ((i = 0; i < silos; i++)); do
  artifacts/datamesh/datamesh silo --host $host --redis "127.0.0.1:$redis" --listen "127.0.0.1:$((port + i))" --state "$folder/silo$i" >"$folder/silo$i.log" 2>&1 &
  pids+=($!)
done

await_ready() {
  local n=$1 deadline=$((SECONDS + 30))
  until curl -fsS -o /dev/null "http://127.0.0.1:$((port + n))/health/ready" 2>/dev/null; do
    if [ $SECONDS -ge $deadline ] || ! kill -0 "${pids[$n]}" 2>/dev/null; then
      echo "run-local: silo $n did not start:" >&2
      tail -20 "$folder/silo$n.log" "$folder/redis.log" >&2
      exit 1
    fi
    sleep 0.1
  done
}
for ((i = 0; i < silos; i++)); do await_ready $i; done

export DATAMESH_SILO=http://127.0.0.1:$port
artifacts/datamesh/datamesh cluster
artifacts/datamesh/datamesh submit "$pipeline" --wait >"$folder/submitted" 2>&1 &
submitted=$!
name=$(sed -n 's/^pipeline:[[:space:]]*//p' "$pipeline" | tr -d '"'"'" | sed 's/[[:space:]]*\(#.*\)\{0,1\}$//' | head -1)
while sleep 1 && kill -0 "$submitted" 2>/dev/null; do artifacts/datamesh/datamesh status "$name" 2>/dev/null || true; done
code=0
wait "$submitted" || code=$?
cat "$folder/submitted"
[ $code -ne 0 ] || artifacts/datamesh/datamesh ledger "$pipeline"
if $stay; then
  echo "The cluster stays until Ctrl-C: DATAMESH_SILO=$DATAMESH_SILO ./datamesh top"
  wait "${pids[0]}"
fi
exit $code
