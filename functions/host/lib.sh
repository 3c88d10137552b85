#!/usr/bin/env bash
# What the host commands share: inputs, JSON, masking, the once-only guard, and readings of the service and the host.
#
# Defines functions and changes nothing. A script sources it when it runs from this folder; in a Systems Manager document
# it stands before the script. Three things hold throughout:
# - No here-documents and no here-strings: older bash keeps them in a file, and the disk may be full.
# - No input is named here: a document declares the inputs that its text names.
# - A reading that can't be made is `null`, never a guess.
# AGENT_MEDIC_ROOT is put before absolute paths, so that tests run on a scratch root; on a host it is empty.

export LC_ALL=C
root=${AGENT_MEDIC_ROOT:-}

note() { printf '%s\n' "$*" >&2; }

# --- Inputs: the environment variables that Systems Manager sets from the parameters of a document -----------------------

# The name of an input and what is wrong with it, never its value.
reject_input() {
  note "$1 $2"
  exit 64
}

input_pattern() {
  case $1 in
    action-id) echo '^[A-Za-z0-9_-]{1,64}$' ;;
    unit) echo '^[A-Za-z0-9@_][A-Za-z0-9@._-]{0,127}$' ;;
    path) echo '^/[A-Za-z0-9._/@-]{1,512}$' ;;
    parameter) echo '^/[A-Za-z0-9._/-]{1,1010}$' ;;
    endpoints) echo '^[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[0-9]{1,5}(,[A-Za-z0-9][A-Za-z0-9.-]{0,252}:[0-9]{1,5}){0,19}$' ;;
    package) echo '^[A-Za-z0-9][A-Za-z0-9.+_-]{0,127}$' ;;
    version) echo '^[A-Za-z0-9][A-Za-z0-9.+:~_-]{0,127}$' ;;
    hours) echo '^[1-9][0-9]{0,3}$' ;;
    percent) echo '^(0|[1-9][0-9]?)$' ;;
    seconds) echo '^(0|[1-9][0-9]{0,4})$' ;;
    job) echo '^(none|workspace-write)$' ;;
  esac
}

# optional_input VARIABLE KIND: prints the value once it fits its kind, or nothing when it is empty or not set.
optional_input() {
  local variable=$1 kind=$2 value pattern
  value=${!variable-}
  [[ -n $value ]] || return 0
  pattern=$(input_pattern "$kind")
  [[ $value =~ $pattern ]] || reject_input "$variable" "is no valid $kind (expected $pattern)"
  if [[ $kind == path && /$value/ == */../* ]]; then reject_input "$variable" 'contains ..'; fi
  printf '%s' "$value"
}

# required_input VARIABLE KIND: the same, and the command ends with 64 without it.
required_input() {
  local variable=$1
  [[ -n ${!variable+set} ]] || reject_input "$variable" "is not set: the SSM agent on this host is older than \
3.3.2746.0 or the document was called without ${variable#SSM_}"
  [[ -n ${!variable} ]] || reject_input "$variable" 'is empty'
  optional_input "$@"
}

# --- JSON: pure ASCII, so that nothing between the host and the reader can change it --------------------------------------

# Bytes that are no UTF-8 become U+FFFD; control characters are escaped. Works on bytes, hence LC_ALL=C above.
json_escape='
BEGIN { for (i = 1; i < 256; i++) code[sprintf("%c", i)] = i }
function escaped(text,   out, i, k, byte, next_byte, more, point, valid) {
  if (text !~ /[^ !#-Z^-~]/) return text
  for (i = 1; i <= length(text); i++) {
    byte = code[substr(text, i, 1)]
    if (byte == 34 || byte == 92) { out = out "\\" substr(text, i, 1); continue }
    if (byte >= 32 && byte < 127) { out = out substr(text, i, 1); continue }
    if (byte < 128) { out = out sprintf("\\u%04x", byte); continue }
    more = byte >= 194 && byte < 224 ? 1 : byte >= 224 && byte < 240 ? 2 : byte >= 240 && byte < 245 ? 3 : 0
    point = byte - (more == 1 ? 192 : more == 2 ? 224 : 240)
    valid = more > 0
    for (k = 1; k <= more; k++) {
      next_byte = code[substr(text, i + k, 1)] + 0
      if (next_byte < 128 || next_byte > 191) valid = 0
      point = point * 64 + next_byte - 128
    }
    if (more == 2 && (point < 2048 || (point >= 55296 && point < 57344))) valid = 0
    if (more == 3 && (point < 65536 || point > 1114111)) valid = 0
    if (!valid) { out = out "\\ufffd"; continue }
    i += more
    if (point < 65536) { out = out sprintf("\\u%04x", point); continue }
    point -= 65536
    out = out sprintf("\\u%04x\\u%04x", 55296 + int(point / 1024), 56320 + point % 1024)
  }
  return out
}
'

# json_string TEXT
json_string() {
  printf '%s\n' "$1" | awk "$json_escape"'{ out = out (NR > 1 ? "\\n" : "") escaped($0) } END { printf "\"%s\"", out }'
}

# json_text TEXT: a string, or null when it is empty.
json_text() { if [[ -n $1 ]]; then json_string "$1"; else printf null; fi; }

# json_number TEXT: null when it is no JSON number; 18446744073709551615 is how systemd prints "not set".
json_number() {
  if [[ $1 =~ ^-?(0|[1-9][0-9]*)(\.[0-9]+)?(e[+-]?[0-9]+)?$ && $1 != 18446744073709551615 ]]; then
    printf '%s' "$1"
  else
    printf null
  fi
}

# json_lines SIZE: an array of the lines on standard input, each cut to 500 bytes, the oldest dropped until it fits in SIZE.
json_lines() {
  tr -d '\000' | awk -v size="$1" "$json_escape"'
    { line[NR] = "\"" escaped(length($0) > 500 ? substr($0, 1, 497) "..." : $0) "\"" }
    END {
      for (first = NR + 1; first > 1 && used + length(line[first - 1]) + 1 <= size; first--) used += length(line[first - 1]) + 1
      for (i = first; i <= NR; i++) out = out (i > first ? "," : "") line[i]
      printf "[%s]", out
    }'
}

# emit JSON: the two lines that a command prints. GetCommandInvocation cuts at 24,000 characters; the checksum tells.
emit() { printf '%s\nsha256:%s\n' "$1" "$(printf '%s' "$1" | sha256sum | cut -d ' ' -f 1)"; }

# Masks what looks like a secret, line by line. AWS's own words, such as "ExpiredToken:" and "secretsmanager:", are kept
# apart from "token: <value>" by a control character, as they are what a diagnosis needs.
mask_secrets() {
  tr '\000\001' '??' | sed -E \
    -e 's/((Expired|Invalid|Unrecognized|Missing)[A-Za-z]*Token[A-Za-z]*):/\1\x01:/g' \
    -e 's/(secretsmanager|:secret):/\1\x01:/g' \
    -e 's/-----BEGIN [A-Z ]*-----.*-----END [A-Z ]*-----/[masked]/g' \
    -e 's/(-----BEGIN [A-Z ]*-----).*/\1[masked]/' \
    -e '/-----BEGIN /,/-----END /{ /-----/!s/[^[:space:]]+[[:space:]]*$/[masked]/; }' \
    -e 's/(^|[[:space:]])[A-Za-z0-9+\/]{60,}={0,2}[[:space:]]*$/\1[masked]/' \
    -e 's/\b(AKIA|ASIA)[A-Z0-9]{12,}/[masked]/g' \
    -e 's/\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]*)?/[masked]/g' \
    -e 's/\b((glrt|glpat|xox[abprs]|sk)-|(ghp|gho|ghu|ghs|ghr|github_pat|bkua|bkct|npm)_)[A-Za-z0-9_-]{8,}/[masked]/g' \
    -e 's/(authorization["'\'']?[[:space:]]*[:=][[:space:]]*).*/\1[masked]/Ig' \
    -e 's/\b(bearer|basic)[[:space:]]+[A-Za-z0-9._~+\/=-]{6,}/\1 [masked]/Ig' \
    -e 's/(:\/\/)[^\/@[:space:]]+:[^\/@[:space:]]+@/\1[masked]@/g' \
    -e 's/(X-Amz-(Signature|Credential)=)[^&[:space:]]+/\1[masked]/Ig' \
    -e 's/((token|password|passwd|secret|api[_-]?key|access[_-]?key|private[_-]?key|credential)[A-Za-z0-9_.-]*["'\'']?[[:space:]]*[=:][[:space:]]*)("[^"]*"|'\''[^'\'']*'\''|[^[:space:],;&"'\''\x01]+)/\1[masked]/Ig' \
    -e 's/(--[a-z-]*(token|password|secret|key)[[:space:]]+)[^[:space:]]+/\1[masked]/Ig' \
    -e 's/\x01//g'
}

# excerpt: the last line of standard input that says something, masked and short enough for a sentence.
excerpt() { mask_secrets | grep -v '^[[:space:]]*$' | tail -n 1 | cut -c 1-300 || true; }

# --- The once-only guard of commands that change something -----------------------------------------------------------------

# Both places hold a claim. /run is a tmpfs that a full disk does not touch: its atomic mkdir decides between two runs while
# the host is up. /var/lib remembers over a reboot; where it is full or read-only (what free-disk-space is called for), the
# command goes on with /run alone and tries /var/lib once more with its result.
action_places() { printf '%s\n' "$root/run/agent-medic/actions" "$root/var/lib/agent-medic/actions"; }

facts=''
# fact NAME JSON: a fact of the result.
fact() { facts+="${facts:+,}$(json_string "$1"):$2"; }

# claim_action ID COMMAND: returns for the first run only. A later one repeats the stored result, or ends with 75.
claim_action() {
  action_id=$1 action_command=$2 action_finished=''
  local place claimed=''
  while read -r place; do
    if (umask 077 && mkdir -p "$place" && mkdir "$place/$action_id") 2>/dev/null; then
      claimed=yes
    elif [[ -d $place/$action_id ]]; then
      repeat_action
    else
      note "no claim could be written to $place"
    fi
  done < <(action_places)
  if [[ -z $claimed ]]; then
    note 'the action can be noted neither in /run nor in /var/lib, so a second run could not be told: nothing was changed'
    exit 73
  fi
  trap 'abandon_action $?' EXIT
}

repeat_action() {
  local place status command
  while read -r place; do
    [[ -s $place/$action_id/result ]] || continue
    read -r status command <"$place/$action_id/result"
    [[ $command == "$action_command" ]] || reject_input 'the action id' "was used before, by $command"
    tail -n +2 "$place/$action_id/result"
    exit "$status"
  done < <(action_places)
  note "action $action_id has begun and has no result: it is still running or it died; nothing was changed by this run"
  exit 75
}

# finish changed|unchanged|failed DETAIL: stores the result, prints it and ends the command.
finish() {
  local result=$1 place output status=0 stored=''
  output=$(emit "{\"schema\":1,\"actionId\":$(json_string "$action_id"),\"command\":$(json_string "$action_command"),\
\"result\":\"$result\",\"detail\":$(json_string "${2:0:800}"),\"facts\":{$facts}}")
  if [[ $result == failed ]]; then status=1; fi
  action_finished=yes
  while read -r place; do
    if (umask 077 && mkdir -p "$place/$action_id" && printf '%s %s\n%s\n' "$status" "$action_command" "$output" \
      >"$place/$action_id/result.new" && mv -f "$place/$action_id/result.new" "$place/$action_id/result") 2>/dev/null; then
      stored=yes
    else
      rm -f "$place/$action_id/result.new" 2>/dev/null || true
    fi
  done < <(action_places)
  if [[ -z $stored ]]; then note 'the result could be stored nowhere; a second run will say that this one has none'; fi
  printf '%s\n' "$output"
  exit "$status"
}

# Ends a command that an unexpected error or a signal stopped, so that its claim does not stay without a result.
abandon_action() {
  if [[ -n $action_finished ]]; then return; fi
  finish failed "the command stopped before its end (status $1); what it had changed by then is not known"
}

# --- The agent's unit ------------------------------------------------------------------------------------------------------

declare -A unit_state=()

# read_unit UNIT: systemd's properties of the unit in unit_state; empty where systemd does not answer.
read_unit() {
  local key value properties=LoadState,ActiveState,UnitFileState,Result,NRestarts,ExecMainCode,ExecMainStatus,MainPID
  unit_state=()
  while IFS='=' read -r key value; do
    if [[ -n $key ]]; then unit_state[$key]=$value; fi
  done < <(TZ=UTC timeout -k 1 3 systemctl show "$1" --no-pager --property="$properties,ActiveEnterTimestamp,User" 2>/dev/null)
}

# The unit in words, for the detail of a result.
unit_words() {
  printf '%s, last result %s' "${unit_state[ActiveState]:-not known}" "${unit_state[Result]:-not known}"
  if [[ ${unit_state[NRestarts]:-0} != 0 ]]; then printf ', %s automatic restarts' "${unit_state[NRestarts]}"; fi
}

# require_unit UNIT: ends the command unless systemd can start the unit.
require_unit() {
  command -v systemctl >/dev/null || finish failed 'systemctl is not installed on this host'
  read_unit "$1"
  case ${unit_state[LoadState]:-} in
    loaded) ;;
    '') finish failed 'systemd did not answer' ;;
    *) finish failed "systemd can't start the unit: it is ${unit_state[LoadState]}" ;;
  esac
}

# unit_stays_up UNIT CHECKS SECONDS: true once CHECKS readings, a second apart, found the same main process active.
unit_stays_up() {
  local unit=$1 checks=$2 left=$3 steady=0 process='' seen deadline=$((SECONDS + $3))
  for (( ; left > 0 && SECONDS <= deadline; left--)); do
    read_unit "$unit"
    case ${unit_state[ActiveState]:-} in
      active | reloading) ;;
      activating | deactivating) process='' ;;
      *) return 1 ;;
    esac
    if [[ ${unit_state[ActiveState]} != *activating ]]; then
      seen="${unit_state[MainPID]:-} ${unit_state[NRestarts]:-}"
      if [[ $seen == "$process" ]]; then steady=$((steady + 1)); else steady=1; fi
      process=$seen
      if ((steady >= checks)); then return 0; fi
    fi
    sleep 1
  done
  return 1
}

# bring_up start|restart UNIT: true when the unit is up and stays up, within 20 seconds for the start and 20 to settle.
# Clears the start limit first: systemd refuses to start a unit that has hit it.
bring_up() {
  local problem status=0
  timeout -k 1 5 systemctl reset-failed "$2" >/dev/null 2>&1 || true
  problem=$(timeout -k 1 20 systemctl "$1" "$2" 2>&1) || status=$?
  if ((status == 0)) && unit_stays_up "$2" 4 20; then
    fact stateAfter "$(json_text "${unit_state[ActiveState]:-}")"
    fact mainPid "$(json_number "${unit_state[MainPID]:-}")"
    return 0
  fi
  read_unit "$2"
  fact stateAfter "$(json_text "${unit_state[ActiveState]:-}")"
  fact resultAfter "$(json_text "${unit_state[Result]:-}")"
  if ((status == 124)); then note "systemctl $1 took longer than 20 s"; fi
  if [[ -n $problem ]]; then note "systemctl $1: $(printf '%s\n' "$problem" | excerpt)"; fi
  return 1
}

# --- Readings of the host --------------------------------------------------------------------------------------------------

boot_id() { head -n 1 "$root/proc/sys/kernel/random/boot_id" 2>/dev/null || true; }

# existing_path PATH: the path, or its nearest folder that exists: a workspace may be made by the first job only.
existing_path() {
  local path=$1
  while [[ ! -e $root$path && $path == /*/* ]]; do path=${path%/*}; done
  if [[ ! -e $root$path ]]; then path=/; fi
  printf '%s' "$root$path"
}

# read_disks PATH...: a line per file system: used percent, free bytes, used percent of the inodes (or -), mount point.
read_disks() {
  local path paths=()
  for path in "$@"; do paths+=("$(existing_path "$path")"); done
  timeout -k 1 3 df -B1 --output=pcent,avail,ipcent,target "${paths[@]}" 2>/dev/null |
    awk '$1 ~ /^[0-9]+%$/ { sub(/%/, "", $1); sub(/%/, "", $3); mount = $4; for (i = 5; i <= NF; i++) mount = mount " " $i
      if (!seen[mount]++) print $1, $2, $3, mount }'
}

# read_clock: "<synchronised> <offset>" as JSON values; the offset is in seconds, positive when the host's clock is ahead.
# timesyncd tells the offset of its last poll as server minus host, hence the change of sign.
read_clock() {
  local reading
  reading=$(timeout -k 1 3 chronyc -n tracking 2>/dev/null | awk '
    /^System time/ { offset = ($6 == "slow" ? -1 : 1) * $4; known = 1 }
    /^Leap status/ { synchronised = /Not synchronised/ ? "false" : "true" }
    END { if (synchronised) printf "%s %s", synchronised, synchronised == "true" && known ? offset : "null" }') || true
  if [[ -z $reading ]]; then
    reading=$({ timeout -k 1 3 timedatectl status || true; timeout -k 1 3 timedatectl timesync-status || true; } 2>/dev/null | awk '
      / synchronized: / { synchronised = $NF == "yes" ? "true" : "false" }
      /^ *Offset: / {
        sign = $2 ~ /^-/ ? 1 : -1
        for (i = 2; i <= NF; i++) {
          unit = $i; gsub(/[-+0-9.]/, "", unit); value = $i; gsub(/[^0-9.]/, "", value)
          seconds += value * (unit == "us" ? 0.000001 : unit == "ms" ? 0.001 : unit == "s" ? 1 : unit == "min" ? 60 : unit == "h" ? 3600 : 86400)
        }
        known = 1
      }
      END { if (synchronised) printf "%s %s", synchronised, known ? sign * seconds : "null" }') || true
  fi
  printf '%s\n' "${reading:-null null}"
}

# probe_endpoint HOST PORT: one endpoint as JSON. TLS is tried on ports that end in 443; other ports may speak anything.
probe_endpoint() {
  local host=$1 port=$2 dns=resolved connect=not-tried tls=not-tried problem status=0
  if command -v getent >/dev/null; then timeout -k 1 4 getent ahosts "$host" >/dev/null 2>&1 || dns=failed; fi
  if [[ $dns == resolved ]]; then
    # shellcheck disable=SC2016 # the inner bash expands its own arguments
    problem=$(timeout -k 1 4 bash -c 'exec 3<>"/dev/tcp/$1/$2"' _ "$host" "$port" 2>&1) || status=$?
    case $status in
      0) connect=connected ;;
      124 | 137) connect=timed-out ;;
      *) connect=refused ;;
    esac
    # Without getent, the name and the connection fail at the same place and are told apart by bash's message.
    if [[ $problem == *'Name or service not known'* || $problem == *'name resolution'* ]]; then
      dns=failed connect=not-tried
    fi
  fi
  if [[ $connect == connected && $port == *443 ]]; then tls=$(probe_tls "$host" "$port"); fi
  printf '{"host":%s,"port":%s,"dns":"%s","connect":"%s","tls":"%s"}\n' "$(json_string "$host")" "$((10#$port))" "$dns" "$connect" "$tls"
}

# The agent's own trust store is not known here; the system's is, which most agents use. A proxy is left out on purpose.
probe_tls() {
  if command -v curl >/dev/null; then
    local done_after
    done_after=$(timeout -k 1 7 curl --silent --noproxy '*' --max-time 6 --output /dev/null --write-out '%{time_appconnect}' "https://$1:$2/" 2>/dev/null) || true
    if [[ $done_after == *[1-9]* ]]; then printf verified; else printf failed; fi
  elif command -v openssl >/dev/null; then
    if printf '' | timeout -k 1 6 openssl s_client -connect "$1:$2" -servername "$1" -verify_hostname "$1" -verify_return_error >/dev/null 2>&1; then
      printf verified
    else
      printf failed
    fi
  else
    printf not-tried
  fi
}

# probe_endpoints HOST:PORT,...: a line of JSON per endpoint, in order, all tried at once and without temporary files.
probe_endpoints() {
  local endpoint answer readers=() reader
  for endpoint in ${1//,/ }; do
    exec {reader}< <(probe_endpoint "${endpoint%:*}" "${endpoint##*:}")
    readers+=("$reader")
  done
  for reader in ${readers[@]+"${readers[@]}"}; do
    IFS= read -r answer <&"$reader" && printf '%s\n' "$answer"
    exec {reader}<&-
  done
}

# --- The stored configuration ------------------------------------------------------------------------------------------------

# read_stored_config NAME: the value in stored_config; on failure false, and the reason in stored_config_problem.
# The value passes through pipes and variables only: never an argument, a file or a log. Its lines are told from messages by
# their prefix, as both come through one pipe.
read_stored_config() {
  local answer status=0 region=${AWS_REGION:-${AWS_DEFAULT_REGION:-${AWS_SSM_REGION_NAME:-}}}
  stored_config='' stored_config_problem=''
  if ! command -v aws >/dev/null; then
    stored_config_problem='the aws command is not installed on this host'
    return 1
  fi
  answer=$({ timeout -k 1 10 aws ssm get-parameter --name "$1" --with-decryption --query Parameter.Value --output text \
    --cli-connect-timeout 4 --cli-read-timeout 6 ${region:+--region "$region"} | sed 's/^/=/'; } 2>&1) || status=$?
  if ((status != 0)); then
    stored_config_problem=$(printf '%s\n' "$answer" | sed -n 's/.*An error occurred (\([A-Za-z.]*\)).*/GetParameter answered \1/p' | head -n 1)
    if ((status == 124)); then stored_config_problem='GetParameter did not answer within 10 s'; fi
    if [[ -z $stored_config_problem ]]; then
      stored_config_problem="aws ended with status $status: $(printf '%s\n' "$answer" | grep -v '^=' | excerpt)"
    fi
    return 1
  fi
  stored_config=$(printf '%s\n' "$answer" | sed -n 's/^=//p')
  if [[ -z ${stored_config//[[:space:]]/} ]]; then
    stored_config_problem='the stored configuration is empty'
    return 1
  fi
}

# file_equals PATH TEXT: a file that holds the text, trailing newlines aside. NUL bytes (a file that a crash left) differ.
file_equals() { [[ $(head -c 65536 "$1" | tr '\000' '\001') == "$2" ]]; }
