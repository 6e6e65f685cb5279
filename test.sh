#!/usr/bin/env bash
# Provisions what the tests need, builds and runs every test project.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")" || exit

readonly configuration=Debug
readonly results=artifacts/test-results
readonly packages=(postgresql chromium fonts-noto-cjk postfix python3)
readonly minimum_postgres=15

usage() {
  cat <<'TEXT'
usage: ./test.sh [--all] [--filter TEXT]
  --all          also run the tests of Category=Nightly, and look at each page in the browser in more ways
  --filter TEXT  run only the tests whose full name (Namespace.Class.Method) contains TEXT

Environment
  CRM_TEST_POSTGRES  connection string of a PostgreSQL server to use instead of a throw-away one;
                     its user must be allowed to create databases
  CRM_TEST_CHROMIUM  the browser to use (default /usr/bin/chromium)
  CRM_TEST_TIMEOUT   longest time for one test project (default 30m, with --all 150m)
TEXT
}

all=false filter=''
while (($#)); do
  case $1 in
    --all) all=true ;;
    --filter) [[ ${2-} ]] || { usage >&2; exit 2; }; filter=$2; shift ;;
    --filter=?*) filter=${1#*=} ;;
    -h | --help) usage; exit 0 ;;
    *) echo "test.sh: unknown argument: $1" >&2; usage >&2; exit 2 ;;
  esac
  shift
done

limit=${CRM_TEST_TIMEOUT:-$($all && echo 150m || echo 30m)}

fail() { echo "test.sh: $*" >&2; exit 1; }

# --- stages: a heading, and the time that each took -------------------------------------------------

# stage NAME COMMAND...: runs the command in this shell; a failure ends the run.
stage() {
  local name=$1 started=$SECONDS status
  shift
  echo "== $name"
  "$@"
  status=$?
  echo "   $name: $((SECONDS - started)) s"
  ((status == 0)) || fail "$name failed"
}

# --- what the tests need ----------------------------------------------------------------------------

# The directory of the newest PostgreSQL server programs, or nothing.
postgres_programs() {
  local directory newest
  newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5 -n | tail -n 1)
  for directory in "$newest" "$(pg_config --bindir 2>/dev/null)" "$(dirname "$(command -v initdb || echo /)")"; do
    [[ $directory && -x $directory/initdb && -x $directory/pg_ctl ]] && echo "$directory" && return
  done
}

postgres_is_recent() {
  local programs version
  programs=$(postgres_programs)
  [[ $programs ]] || return 1
  version=$("$programs/postgres" --version | grep -oE '[0-9]+' | head -n 1)
  ((version >= minimum_postgres))
}

# One line for each thing that is not there, its Debian package first.
missing() {
  [[ ${CRM_TEST_POSTGRES-} ]] || postgres_is_recent || echo "postgresql (server programs, $minimum_postgres or newer)"
  [[ -x ${CRM_TEST_CHROMIUM:-/usr/bin/chromium} ]] || echo "chromium (${CRM_TEST_CHROMIUM:-/usr/bin/chromium})"
  [[ -x /usr/sbin/smtp-sink ]] || echo "postfix (its smtp-sink, a mail server for tests)"
  command -v python3 >/dev/null || echo "python3 (its e-mail parser reads what was sent)"
  fc-list :lang=zh family 2>/dev/null | grep -q . || echo "fonts-noto-cjk (a font with Chinese glyphs)"
}

provision() {
  command -v dotnet >/dev/null || { echo "missing: the .NET SDK of global.json (https://dot.net)" >&2; return 1; }
  local lacking log names
  lacking=$(missing)
  [[ $lacking ]] || return 0

  if ((EUID == 0)) && command -v apt-get >/dev/null; then
    log=$(mktemp)
    mapfile -t names < <(cut -d' ' -f1 <<<"$lacking")
    echo "   installing: ${names[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -o DPkg::Lock::Timeout=300 update &&
      apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends fontconfig "${names[@]}"; } >"$log" 2>&1 </dev/null || tail -n 20 "$log" >&2
    rm -f "$log"
    lacking=$(missing)
    [[ $lacking ]] || return 0
  fi

  echo "missing: ${lacking//$'\n'/$'\n'missing: }" >&2
  echo "install: sudo apt-get update && sudo apt-get install ${packages[*]}" >&2
  echo "(elsewhere: the same programs; or name them with CRM_TEST_POSTGRES and CRM_TEST_CHROMIUM)" >&2
  return 1
}

# --- a throw-away PostgreSQL cluster ----------------------------------------------------------------

cluster='' programs='' child=''

# PostgreSQL refuses to run as root.
as_postgres() {
  if ((EUID == 0)); then (cd / && runuser -u postgres -- "$@"); else "$@"; fi
}

# Started in a function of its own, so that a port taken in the meantime is tried again with another.
start_server() {
  local port=$1
  as_postgres "$programs/pg_ctl" start -D "$cluster/data" -l "$cluster/log" -w -t 60 -s -o "\
    -c listen_addresses=127.0.0.1 -p $port -k $cluster/socket -c max_connections=200 \
    -c fsync=off -c synchronous_commit=off -c full_page_writes=off" >/dev/null 2>&1 </dev/null
}

start_postgres() {
  [[ ${CRM_TEST_POSTGRES-} ]] && { echo "   using the server of CRM_TEST_POSTGRES"; return 0; }
  programs=$(postgres_programs)
  cluster=$(mktemp -d "${TMPDIR:-/tmp}/crm-pg.XXXXXX")
  mkdir "$cluster/socket"
  ((EUID == 0)) && chown -R postgres: "$cluster"
  as_postgres "$programs/initdb" -D "$cluster/data" -U postgres --auth=trust --no-sync \
    --encoding=UTF8 --locale=C.UTF-8 >"$cluster.initdb" 2>&1 </dev/null ||
    { cat "$cluster.initdb" >&2; return 1; }
  rm -f "$cluster.initdb"

  local port
  for _ in 1 2 3 4 5; do
    port=$((20000 + RANDOM % 12000)) # below the ports that the kernel gives to clients
    (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue
    if start_server "$port"; then
      export CRM_TEST_POSTGRES="Host=127.0.0.1;Port=$port;Username=postgres;Database=postgres"
      return 0
    fi
  done
  tail -n 20 "$cluster/log" >&2
  return 1
}

clean_up() {
  [[ $child ]] && kill "$child" 2>/dev/null && wait "$child" 2>/dev/null
  if [[ $cluster ]]; then
    as_postgres "$programs/pg_ctl" stop -D "$cluster/data" -m immediate -w -s >/dev/null 2>&1
    rm -rf "$cluster" "$cluster.initdb"
  fi
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# --- build, which checks style and layout too -------------------------------------------------------

# Says nothing when all is well, and each error once.
build() {
  local output
  output=$(dotnet build Crm.sln -c "$configuration" --nologo -v quiet -tl:off -warnaserror </dev/null 2>&1) && return 0
  grep -E '(error|warning) [A-Z]+[0-9]*:|: error' <<<"$output" | sort -u || echo "$output"
  return 1
}

# --- the tests --------------------------------------------------------------------------------------

passed=0 failed=0 skipped=0 complaints=()

# Sum of an attribute over the <assembly> elements of an xUnit result file.
total_of() { grep -o '<assembly [^>]*>' "$2" | grep -oE " $1=\"[0-9]+\"" | tr -dc '0-9\n' | awk '{ n += $1 } END { print n + 0 }'; }

run_project() {
  local name=$1 status file=$results/$1.xml program
  # Theories are taken apart first, as some of their rows are nightly.
  local -a options=(-noLogo -noColor -preEnumerateTheories -result-xml "$file" -result-trx "$results/$1.trx")
  program=artifacts/bin/$name/${configuration,,}/$name
  $all || options+=(-trait- Category=Nightly)
  [[ $filter ]] && options+=(-method "*$filter*")

  if [[ ! -x $program ]]; then
    complaints+=("$name: $program was not built (is it in Crm.sln, with OutputType Exe?)")
    ((failed += 1))
    return 0
  fi
  # Waited for in the background, where a signal to this script ends it at once.
  timeout -k 20 "$limit" "$program" "${options[@]}" >"$results/$name.log" 2>&1 </dev/null &
  child=$!
  wait "$child" 2>/dev/null
  status=$?
  child=''
  # Shown without the runner's own lines and stack frames; all of it is in the log.
  grep -vE '^  (Discovering|Discovered|Starting|Finished): |^=== TEST EXECUTION SUMMARY ===$|^ +at (Xunit|System\.(Reflection|Runtime|Threading))\.|^$' \
    "$results/$name.log"

  # The file is written at the very end: without it the process died on the way.
  if ! grep -q '</assemblies>' "$file" 2>/dev/null; then
    if ((status == 124 || status == 137)); then
      complaints+=("$name: stopped without totals, probably after $limit (exit code $status)")
    else
      complaints+=("$name: crashed without totals (exit code $status)")
    fi
    ((failed += 1))
    return 0
  fi

  local p f s
  p=$(total_of passed "$file") s=$(total_of skipped "$file")
  f=$(($(total_of failed "$file") + $(total_of errors "$file")))
  if ((status != 0 && f == 0)); then
    complaints+=("$name: exit code $status although no test failed")
    f=1
  elif ((p + f + s == 0)) && [[ ! $filter ]]; then
    complaints+=("$name: ran no test")
    f=1
  fi
  ((s == 0)) || complaints+=("$name: $s skipped; a test that cannot run must fail and say what it lacks")
  ((passed += p, failed += f, skipped += s))
  return 0
}

# --- the run ----------------------------------------------------------------------------------------

export CRM_TEST_CHROMIUM=${CRM_TEST_CHROMIUM:-/usr/bin/chromium}
export CRM_TEST_NIGHT=$all # the browser tests look at each page in more ways
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
# Build nodes that outlive the build would keep a CI run's output open.
[[ ${CI-} ]] && export MSBUILDDISABLENODEREUSE=1
rm -rf "$results"
mkdir -p "$results"

stage "provision" provision
stage "build" build
stage "PostgreSQL" start_postgres
# The fast ones first.
for project in tests/Crm.Tests tests/Crm.IntegrationTests tests/*Tests; do
  name=$(basename "$project")
  [[ -f $project/$name.csproj && " ${ran-} " != *" $name "* ]] || continue
  ran="${ran-} $name"
  stage "$name" run_project "$name"
done

[[ ${ran-} ]] || complaints+=("there is no test project under tests/")
((passed + failed + skipped > 0)) || complaints+=("no test ran")
((${#complaints[@]})) && printf 'test.sh: %s\n' "${complaints[@]}"
echo "   all: $SECONDS s, results in $results/"
totals="$passed passed, $failed failed"
((skipped == 0)) || totals+=", $skipped skipped"
clean_up
cluster=''
echo "$totals"
((failed == 0 && skipped == 0 && passed > 0 && ${#complaints[@]} == 0))
