#!/usr/bin/env bash
# Proves that the agent can work: its service, its endpoints, the clock, the disk, and a job made up for the test.
# requires: lib.sh
#
# Inputs:  SSM_Unit, SSM_MinFreePercent, SSM_MaxClockOffsetSeconds. Optional: SSM_Endpoints, SSM_WorkspacePath,
#          SSM_SyntheticJob: `none` (default), or `workspace-write`: as the unit's user, write 4 MiB in the workspace, sync,
#          read them back, compare, remove, and run a child process.
# Output:  `hostSmokeTest` of functions/domain/host-probe.ts, all five tests, and its checksum. What could not be tried is
#          `not-run` with the reason; it has not passed.
# Exit:    0 whatever the tests say; 64 for a wrong input.
# Undo:    nothing to undo: the file of the job is removed.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

unit=$(required_input SSM_Unit unit)
min_free=$(required_input SSM_MinFreePercent percent)
max_offset=$(required_input SSM_MaxClockOffsetSeconds seconds)
endpoints=$(optional_input SSM_Endpoints endpoints)
workspace=$(optional_input SSM_WorkspacePath path)
job=$(optional_input SSM_SyntheticJob job)

tests=''
# verdict NAME passed|failed|not-run DETAIL
verdict() { tests+="${tests:+,}{\"name\":\"$1\",\"result\":\"$2\",\"detail\":$(json_string "$(printf '%s' "$3" | cut -c 1-600)")}"; }

test_service() {
  read_unit "$unit"
  if [[ -z ${unit_state[ActiveState]:-} ]]; then
    verdict service-up not-run 'systemd did not answer'
  elif unit_stays_up "$unit" 3 10; then
    verdict service-up passed "the same main process was active in three readings"
  else
    verdict service-up failed "$unit is $(unit_words)"
  fi
}

test_endpoints() {
  local answer name failed='' untried='' count=0
  if [[ -z $endpoints ]]; then
    verdict endpoints-answer not-run 'no endpoints are configured'
    return
  fi
  while IFS= read -r answer; do
    name=$(printf '%s' "$answer" | sed -E 's/.*"host":"([^"]*)","port":([0-9]+),.*/\1:\2/')
    count=$((count + 1))
    case $answer in
      *'"dns":"failed"'*) failed+=" $name does not resolve;" ;;
      *'"connect":"refused"'*) failed+=" $name refuses the connection;" ;;
      *'"connect":"timed-out"'*) failed+=" $name does not answer;" ;;
      *'"tls":"failed"'*) failed+=" $name fails the TLS handshake;" ;;
      *'443,"dns"'*'"tls":"not-tried"'*) untried+=" $name" ;;
    esac
  done < <(probe_endpoints "$endpoints")
  if [[ -n $failed ]]; then
    failed=${failed# }
    verdict endpoints-answer failed "${failed%;}"
  elif [[ -n $untried ]]; then
    verdict endpoints-answer not-run "TLS could not be tried without curl or openssl:$untried"
  else
    verdict endpoints-answer passed "$count of $count answer"
  fi
}

# Without an offset, "synchronised" still says something: the kernel takes it back once its error may exceed 16 seconds.
test_clock() {
  local synchronised offset
  read -r synchronised offset < <(read_clock)
  if [[ $offset != null ]]; then
    if awk -v offset="$offset" -v limit="$max_offset" 'BEGIN { exit !(offset <= limit && -offset <= limit) }'; then
      verdict clock-right passed "the clock is off by $offset s; $max_offset s are allowed"
    else
      verdict clock-right failed "the clock is off by $offset s; $max_offset s are allowed"
    fi
  elif [[ $synchronised == true ]] && ((max_offset >= 16)); then
    verdict clock-right passed 'the kernel counts the clock as synchronised, within 16 s'
  elif [[ $synchronised == false ]]; then
    verdict clock-right not-run 'the clock is not synchronised, so its offset is not known'
  else
    verdict clock-right not-run 'neither chrony nor timedatectl tells the offset'
  fi
}

test_disk() {
  local used='' inodes free
  read -r used _ inodes _ < <(read_disks "${workspace:-/}") || true
  if [[ -z $used ]]; then
    verdict disk-free not-run 'df did not answer'
    return
  fi
  free=$((100 - used))
  if [[ $inodes =~ ^[0-9]+$ ]] && ((100 - inodes < min_free)); then
    verdict disk-free failed "$((100 - inodes)) % of the inodes are free; $min_free % are asked for"
  elif ((free < min_free)); then
    verdict disk-free failed "$free % are free; $min_free % are asked for"
  else
    verdict disk-free passed "$free % are free; $min_free % are asked for"
  fi
}

# Runs in a shell of its own, as the unit's user: its text is handed over whole. Makes the workspace as a first job would.
synthetic_job() {
  set -euo pipefail
  local folder=$1 marker=$2 made='' file written read_back
  if [[ ! -d $folder ]]; then
    mkdir -p -- "$folder"
    made=yes
  fi
  file=$(mktemp -- "$folder/.agent-medic-XXXXXXXX")
  # shellcheck disable=SC2064 # the names are known now, and the locals are gone when the trap runs
  trap "rm -f -- '$file'; [[ -z '$made' ]] || rmdir -- '$folder'" EXIT
  block() { { yes "$marker" || true; } | head -c 4194304; }
  written=$(block | sha256sum)
  block | dd of="$file" bs=65536 conv=fsync status=none
  read_back=$(sha256sum <"$file")
  [[ $written == "$read_back" ]] || {
    echo 'what was read back differs from what was written' >&2
    exit 1
  }
  bash -c true
}

test_job() {
  local user=${unit_state[User]:-} as=() words='as root' problem status=0
  case ${job:-none} in
    none)
      verdict synthetic-job not-run 'the profile asks for no job'
      return
      ;;
  esac
  if [[ -z $workspace ]]; then
    verdict synthetic-job not-run 'no workspace is configured'
    return
  fi
  if [[ -n $user && $user != root && $EUID == 0 ]]; then
    if command -v runuser >/dev/null; then
      as=(runuser -u "$user" --)
      words="as $user"
    else
      words="as root, since runuser is not installed"
    fi
  fi
  # shellcheck disable=SC2016 # the inner bash expands its own arguments
  problem=$(cd / && timeout -k 1 30 ${as[@]+"${as[@]}"} bash -c "$(declare -f synthetic_job)"'; synthetic_job "$@"' _ "$root$workspace" "$unit-$$-$RANDOM" 2>&1) || status=$?
  if ((status == 0)); then
    verdict synthetic-job passed "4 MiB were written, synced, read back and removed in $workspace, $words"
  elif ((status == 124 || status == 137)); then
    verdict synthetic-job failed "the job did not end within 30 s in $workspace, $words"
  else
    verdict synthetic-job failed "the job ended with status $status in $workspace, $words: $(printf '%s\n' "$problem" | excerpt)"
  fi
}

test_service
test_endpoints
test_clock
test_disk
test_job
emit "{\"schema\":1,\"tests\":[$tests]}"
