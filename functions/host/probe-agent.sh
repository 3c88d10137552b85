#!/usr/bin/env bash
# Reads how the agent and its host are, and changes nothing.
# requires: lib.sh
#
# Inputs:  SSM_Unit. Optional: SSM_ConfigPath, SSM_ConfigParameter (the stored copy to compare the file with),
#          SSM_WorkspacePath, SSM_LogPath (else the unit's journal), SSM_Endpoints (host:port,...).
# Output:  one line of JSON, the `hostProbe` of functions/domain/host-probe.ts, and a line with its checksum.
# Exit:    0 also when parts could not be read (they are null); 64 for a wrong input.
# Undo:    nothing to undo.
# Takes less than 30 seconds: each reading is bounded, and the slow ones (endpoints, Parameter Store) run beside the others.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

unit=$(required_input SSM_Unit unit)
config_path=$(optional_input SSM_ConfigPath path)
config_parameter=$(optional_input SSM_ConfigParameter parameter)
workspace=$(optional_input SSM_WorkspacePath path)
log_path=$(optional_input SSM_LogPath path)
endpoints=$(optional_input SSM_Endpoints endpoints)

# systemd counts a signal by its number and tells by ExecMainCode (1 exited, 2 killed, 3 dumped) which of the two it was.
exit_code() {
  case ${unit_state[ExecMainCode]:-} in
    1) json_number "${unit_state[ExecMainStatus]:-}" ;;
    2 | 3) printf '%s' "$((128 + unit_state[ExecMainStatus]))" ;;
    *) printf null ;;
  esac
}

active_since() {
  local since=''
  if [[ ${unit_state[ActiveState]:-} == active && ${unit_state[ActiveEnterTimestamp]:-} == *[0-9]* ]]; then
    since=$(date -d "${unit_state[ActiveEnterTimestamp]}" +%s 2>/dev/null) || since=''
  fi
  json_number "$since"
}

service() {
  read_unit "$unit"
  printf '{"unit":%s,"load":%s,"state":%s,"enabled":%s,"result":%s,"restarts":%s,"exitCode":%s,"mainPid":%s,"activeSinceEpochSeconds":%s}' \
    "$(json_string "$unit")" "$(json_text "${unit_state[LoadState]:-}")" "$(json_text "${unit_state[ActiveState]:-}")" \
    "$(json_text "${unit_state[UnitFileState]:-}")" "$(json_text "${unit_state[Result]:-}")" \
    "$(json_number "${unit_state[NRestarts]:-}")" "$(exit_code)" "$(json_number "${unit_state[MainPID]:-}")" "$(active_since)"
}

# The file systems that the agent works on, not every mount: a dead network mount elsewhere must not stop the probe.
disks() {
  local used free inodes mount paths=(/ /tmp /var /var/log)
  if [[ -n $workspace ]]; then paths+=("$workspace"); fi
  if [[ -n $config_path ]]; then paths+=("${config_path%/*}/"); fi
  if [[ -n $log_path ]]; then paths+=("${log_path%/*}/"); fi
  { read_disks "${paths[@]}" || true; } | while read -r used free inodes mount; do
    printf '{"mount":%s,"usedPercent":%s,"freeBytes":%s,"inodesUsedPercent":%s}\n' \
      "$(json_string "$mount")" "$used" "$(json_number "$free")" "$(json_number "$inodes")"
  done | paste -s -d , -
}

meminfo_bytes() { awk -v key="$1:" '$1 == key { printf "%.0f", $2 * 1024; exit }' "$root/proc/meminfo" 2>/dev/null || true; }

# An empty kernel log is one that this host does not keep in a journal, so it says nothing.
oom_kills() {
  local log
  if [[ -z $(timeout -k 1 3 journalctl -k -q --no-pager -o cat -n 1 2>/dev/null | tr -d '\000') ]]; then
    printf null
    return
  fi
  log=$(timeout -k 1 3 journalctl -k -q --no-pager -o cat --since '-1 hour' 2>/dev/null | tr -d '\000') || {
    printf null
    return
  }
  printf '%s\n' "$log" | awk '/Killed process [0-9]/ { kills++ } END { printf "%d", kills }'
}

# The comparison as JSON: file found, equal to the stored copy, and why it was not compared.
config() {
  local exists=null equal=null reason='no path of a configuration file was given'
  if [[ -n $config_path ]]; then
    reason=''
    if [[ -f $root$config_path ]]; then exists=true; else exists=false reason='the file does not exist'; fi
    if [[ -n $reason ]]; then
      :
    elif [[ -z $config_parameter ]]; then
      reason='no stored copy is configured'
    elif [[ ! -r $root$config_path ]]; then
      reason='the file could not be read'
    elif ! read_stored_config "$config_parameter"; then
      reason=$stored_config_problem
    elif file_equals "$root$config_path" "$stored_config"; then
      equal=true
    else
      equal=false
    fi
  fi
  printf '{"path":%s,"exists":%s,"matchesStored":%s,"comparison":%s}\n' "$(json_text "$config_path")" "$exists" "$equal" "$(json_text "$reason")"
}

# The end of the log. A first line that the window cuts is dropped: it may begin within a secret, where no mask would see it.
log_tail() {
  local window=131072
  if [[ -n $log_path && -f $root$log_path && -r $root$log_path ]]; then
    tail -c "$((window + 1))" "$root$log_path"
  else
    timeout -k 1 4 journalctl -u "$unit" -q --no-pager -o short-iso -n 200 2>/dev/null | tail -c "$((window + 1))"
  fi | tr '\000' '?' | awk -v window="$window" '
    { size += length($0) + 1; line[NR] = $0 }
    END { for (i = size > window ? 2 : 1; i <= NR; i++) print line[i] }' | tail -n 200 | mask_secrets
}

exec {endpoint_answers}< <(probe_endpoints "$endpoints") {config_answer}< <(config)

read -r uptime _ 2>/dev/null <"$root/proc/uptime" || uptime=''
read -r load _ 2>/dev/null <"$root/proc/loadavg" || load=''
cpus=$(nproc 2>/dev/null) || cpus=''
read -r synchronised offset < <(read_clock)
front="{\"schema\":1,\"bootId\":$(json_text "$(boot_id)"),\"uptimeSeconds\":$(json_number "${uptime%%.*}"),\
\"epochSeconds\":$(date +%s),\"service\":$(service),\"disks\":[$(disks)],\
\"memory\":{\"totalBytes\":$(json_number "$(meminfo_bytes MemTotal)"),\
\"availableBytes\":$(json_number "$(meminfo_bytes MemAvailable)"),\"oomKillsLastHour\":$(oom_kills)},\
\"load\":{\"cpus\":$(json_number "$cpus"),\"oneMinute\":$(json_number "$load")},\
\"clock\":{\"synchronised\":$synchronised,\"offsetSeconds\":$offset},"
log_file=$(log_tail) || log_file=''
front+="\"config\":$(cat <&"$config_answer"),\"endpoints\":[$(paste -s -d , - <&"$endpoint_answers")],\"logLines\":"
# 20,000 characters in all, less the checksum line and the closing brace.
emit "$front$(if [[ -n $log_file ]]; then printf '%s\n' "$log_file" | json_lines "$((19900 - ${#front}))"; else printf '[]'; fi)}"
