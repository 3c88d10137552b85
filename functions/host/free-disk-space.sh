#!/usr/bin/env bash
# Frees disk space that nobody misses: package caches, rotated logs, old journals, and job workspaces that have had their day.
# requires: lib.sh
#
# What goes, each only when it is older than SSM_MaxAgeHours and no process has it open:
# - the caches of apt, dnf and yum (whole: they are downloaded again);
# - rotated logs below /var/log, but not the records of audits and logins; archived journal files;
# - below SSM_WorkspacePath: its folders (one per job), checkouts in them (folders with a .git), and temporary files beside
#   them. A folder goes only as a whole, when no file in it has changed and no process works in it.
# What stays: everything on another file system, below a mount point, or behind a symbolic link; where processes or mounts
# can't be read, all of the workspace. In a deployment root of CodeDeploy, each group's deployments that its instructions name.
#
# Inputs:  SSM_ActionId, SSM_WorkspacePath, SSM_Unit, SSM_MaxAgeHours.
# Output:  `hostCommandResult` and its checksum. Facts: freedBytes, usedPercentBefore, usedPercentAfter (of the workspace's
#          file system), removedWorkspaces, unitState.
# Exit:    0 freed, or nothing to free; 64 wrong input; 73 no place to note the action; 75 begun without a result.
# Undo:    none: what was removed is made again by the next download, log line or job.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(required_input SSM_ActionId action-id)
unit=$(required_input SSM_Unit unit)
workspace=$(required_input SSM_WorkspacePath path)
hours=$(required_input SSM_MaxAgeHours hours)

workspace=${workspace%/}
case $workspace in
  /bin | /bin/* | /boot | /boot/* | /dev | /dev/* | /etc | /etc/* | /lib* | /proc | /proc/* | /run | /run/* | /sbin | /sbin/* | /sys | /sys/* | /usr | /usr/* | \
    /var/cache | /var/lib | /var/log | /var/log/* | /var/run | /var/spool | /var/tmp | /var/lib/agent-medic*)
    reject_input SSM_WorkspacePath 'is a folder of the system'
    ;;
  /*/*) ;;
  *) reject_input SSM_WorkspacePath 'is / or a folder directly below it' ;;
esac
workspace_folder=$root$workspace
if [[ -L $workspace_folder || (-d $workspace_folder && $(cd -P -- "$workspace_folder" && pwd -P) != "$workspace_folder") ]]; then
  reject_input SSM_WorkspacePath 'is a symbolic link or goes through one: give the real path'
fi

claim_action "$id" free-disk-space
minutes=$((hours * 60))
freed=0
removed=0
left=()

size_of() { { du -sxB1 -- "$@" 2>/dev/null || true; } | awk '{ bytes += $1 } END { printf "%.0f", bytes }'; }

used_percent() { { read_disks "$workspace" || true; } | awk 'NR == 1 { print $1 }'; }

# Device and inode of everything that a process has open, runs or works in. Inodes and not paths: a job in a container has the
# same file under another path.
open_inodes() {
  local problems
  {
    problems=$({
      find -L "$root"/proc/[0-9]*/cwd "$root"/proc/[0-9]*/root "$root"/proc/[0-9]*/exe -maxdepth 0 -printf '%D:%i\n' || true
      find -L "$root"/proc/[0-9]*/fd -mindepth 1 -maxdepth 1 -printf '%D:%i\n' || true
    } 2>&1 >&3)
  } 3>&1
  # A process that ends meanwhile is no reason to doubt; one that may not be looked at is.
  [[ $problems != *'Permission denied'* ]]
}

# The three questions are asked so that an error reads as "no": what can't be judged stays.
# unused PATH: no process has it, or something below it, open.
unused() {
  find -P "$1" -xdev -printf '%D:%i\n' |
    awk 'NR == FNR { is_open[$0] = 1; next } $0 in is_open { found = 1 } END { exit found }' <(printf '%s\n' "$open") -
}

# no_mount PATH: it is no mount point and holds none. find -xdev does not see a bind mount of the same file system.
no_mount() {
  printf '%s\n' "$mounts" | path=$1 awk '
    BEGIN { path = ENVIRON["path"] }
    $0 == path || index($0, path "/") == 1 { found = 1 }
    END { exit found }'
}

# is_old PATH: neither a content nor an inode has changed lately; an unpacked archive has old times and new inodes.
is_old() {
  local young
  young=$(find -P "$1" -xdev \( -cmin "-$minutes" -o -mmin "-$minutes" \) -print -quit) && [[ -z $young ]]
}

remove_old() {
  local size
  if ! { is_old "$1" && unused "$1" && no_mount "$1"; }; then return; fi
  size=$(size_of "$1")
  if find -P "$1" -xdev -depth -delete 2>/dev/null; then
    freed=$((freed + size)) removed=$((removed + 1))
  else
    freed=$((freed + size - $(size_of "$1")))
    left+=("${1#"$root"}")
  fi
}

# The folders and files below the workspace that are each one job's, separated by NUL.
job_folders() {
  local instructions=$workspace_folder/deployment-instructions deployment
  if [[ -d $instructions ]]; then
    # A CodeDeploy agent runs the scripts of the deployment that was last here at the start of the next one.
    find -P "$workspace_folder" -xdev -mindepth 2 -maxdepth 2 -type d -name 'd-*' -print0 |
      while IFS= read -r -d '' deployment; do
        grep -rqF -- "${deployment##*/}" "$instructions" || printf '%s\0' "$deployment"
      done
    return
  fi
  find -P "$workspace_folder" -xdev -mindepth 1 -maxdepth 1 ! -name lost+found \( -type d -o -type f \( -name '*.tmp' -o -name '*.temp' -o -name 'tmp.*' -o -name 'core.[0-9]*' \) \) -print0
  find -P "$workspace_folder" -xdev -mindepth 3 -maxdepth 6 -type d -name .git -prune -printf '%h\0'
}

clean_caches() {
  local cache before caches=()
  for cache in apt dnf yum; do if [[ -d $root/var/cache/$cache ]]; then caches+=("$root/var/cache/$cache"); fi; done
  if ((${#caches[@]} == 0)); then return; fi
  before=$(size_of "${caches[@]}")
  for cache in apt-get dnf yum; do
    if ! command -v "$cache" >/dev/null; then continue; fi
    if [[ $cache == apt-get ]]; then set -- clean; else set -- -q clean packages; fi
    timeout -k 5 60 "$cache" "$@" >/dev/null 2>&1 || note "$cache clean failed; another run may hold its lock"
  done
  freed=$((freed + before - $(size_of "${caches[@]}")))
}

clean_logs() {
  local log size before journals=()
  while IFS= read -r -d '' log; do
    if ! unused "$log"; then continue; fi
    size=$(size_of "$log")
    if rm -f -- "$log" 2>/dev/null; then freed=$((freed + size)); fi
  done < <(find -P "$root/var/log" -xdev \( -name audit -o -name journal -o -name 'wtmp*' -o -name 'btmp*' -o -name 'auth.log*' -o -name 'secure*' \) -prune -o \
    -type f -mmin "+$minutes" \( -name '*.gz' -o -name '*.xz' -o -name '*.zst' -o -name '*.old' -o -name '*.[0-9]' -o -name '*.[0-9][0-9]' -o -name '*-20[0-9][0-9][0-9][0-9][0-9][0-9]' \) -print0 2>/dev/null)
  for log in "$root/var/log/journal" "$root/run/log/journal"; do if [[ -d $log ]]; then journals+=("$log"); fi; done
  if ((${#journals[@]} == 0)); then return; fi
  before=$(size_of "${journals[@]}")
  timeout -k 5 60 journalctl -q "--vacuum-time=${hours}h" >/dev/null 2>&1 || note 'the journal could not be vacuumed'
  freed=$((freed + before - $(size_of "${journals[@]}")))
}

fact usedPercentBefore "$(json_number "$(used_percent)")"
clean_caches
# The lists are read before anything is removed, and nothing that they can't vouch for is.
if ! open=$(open_inodes) || [[ -z $open ]]; then
  left_why='the open files of all processes could not be read, so logs and workspaces were left alone'
elif ! mounts=$(awk '{ print $5 }' "$root/proc/self/mountinfo" 2>/dev/null) || [[ -z $mounts ]]; then
  left_why='the mount points could not be read, so logs and workspaces were left alone'
else
  # mountinfo writes a space as \040.
  mounts=$(printf '%b' "${mounts//\\0/\\00}")
  left_why=''
  clean_logs
  if [[ -d $workspace_folder ]]; then
    while IFS= read -r -d '' entry; do
      if [[ -e $entry ]]; then remove_old "$entry"; fi
    done < <(job_folders)
  fi
fi
if ((freed < 0)); then freed=0; fi

read_unit "$unit"
fact freedBytes "$freed"
fact usedPercentAfter "$(json_number "$(used_percent)")"
fact removedWorkspaces "$removed"
fact unitState "$(json_text "${unit_state[ActiveState]:-}")"
remark=${left_why:+; $left_why}
if ((${#left[@]} > 0)); then remark+="; not wholly removed: ${left[*]:0:5}"; fi
if ((freed == 0)); then finish unchanged "nothing could be freed$remark"; fi
finish changed "$freed bytes were freed$remark"
