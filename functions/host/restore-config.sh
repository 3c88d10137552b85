#!/usr/bin/env bash
# Puts the stored configuration back in place of the agent's file, and restarts the unit.
# requires: lib.sh
#
# The value comes from Parameter Store by the host's own role, and is never printed. The new file is written beside the old
# one and takes its place in one step, with its owner and mode, so that the agent never sees half a file. Nothing is changed
# or restarted when the file already equals the stored copy.
#
# Inputs:  SSM_ActionId, SSM_Unit, SSM_ConfigPath, SSM_ConfigParameter.
# Output:  `hostCommandResult` and its checksum. Facts: backup (null when there was no file), stateAfter, and mainPid or
#          resultAfter.
# Exit:    0 restored and up, or already equal; 1 otherwise; 64 wrong input; 73 no place to note the action; 75 begun
#          without a result.
# Undo:    mv <ConfigPath>.agent-medic-<ActionId> <ConfigPath>; systemctl restart <Unit>. Without a backup: remove the file.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(required_input SSM_ActionId action-id)
unit=$(required_input SSM_Unit unit)
path=$(required_input SSM_ConfigPath path)
parameter=$(required_input SSM_ConfigParameter parameter)

# Who may send this command must not get the host with it: files that decide who is root are no agent's configuration.
case $path in
  /bin/* | /boot/* | /dev/* | /lib*/* | /proc/* | /root/* | /run/* | /sbin/* | /sys/* | /usr/*bin/* | /usr/lib*/*) system_file=yes ;;
  /etc/*/*)
    case $path in
      /etc/cron*/* | /etc/ld.so*/* | /etc/pam.d/* | /etc/profile.d/* | /etc/security/* | /etc/ssh/* | /etc/ssl/* | /etc/sudoers.d/* | /etc/systemd/*) system_file=yes ;;
      *) system_file=no ;;
    esac
    ;;
  /etc/* | /var/spool/* | */.ssh/* | */.bash* | */.profile) system_file=yes ;;
  *) system_file=no ;;
esac
if [[ $system_file == yes ]]; then reject_input SSM_ConfigPath 'is a file of the system, not the configuration of an agent'; fi
file=$root$path
folder=${file%/*}
if [[ $(cd -P -- "$folder" 2>/dev/null && pwd -P) != "$folder" || -L $file ]]; then
  reject_input SSM_ConfigPath 'is not in a folder that exists, or is a symbolic link or goes through one: give the real path'
fi
if [[ -e $file && ! -f $file ]]; then reject_input SSM_ConfigPath 'is not a regular file'; fi

claim_action "$id" restore-config
require_unit "$unit"
read_stored_config "$parameter" || finish failed "the stored configuration could not be read: $stored_config_problem"
if [[ -f $file ]] && file_equals "$file" "$stored_config"; then
  fact backup null
  finish unchanged 'the file equals the stored configuration; the unit was left alone'
fi

umask_before=$(umask)
umask 077
new=$(mktemp "$file.XXXXXXXX" 2>/dev/null) || finish failed "no file can be written in ${path%/*}: disk full or read-only"
discard() {
  rm -f -- "$new"
  finish failed "$1; the old file is as it was"
}
printf '%s\n' "$stored_config" 2>/dev/null >"$new" || discard 'the new file could not be written: disk full'
sync "$new" 2>/dev/null || sync
if [[ -f $file ]]; then
  # "all" also takes the SELinux context and attributes where the file system has them.
  cp --attributes-only --preserve=all -- "$file" "$new" || discard 'owner and mode of the old file could not be kept'
  touch -- "$new"
  backup=$file.agent-medic-$id
  # A hard link needs no room on a disk that may be full.
  ln -- "$file" "$backup" 2>/dev/null || cp -p -- "$file" "$backup" 2>/dev/null || discard 'the old file could not be kept'
  fact backup "$(json_string "$path.agent-medic-$id")"
else
  chown --reference="$folder" -- "$new" || discard 'the owner of the folder could not be given to the file'
  fact backup null
fi
mv -f -- "$new" "$file" || discard 'the new file could not be put in place'
umask "$umask_before"

if bring_up restart "$unit"; then finish changed "the stored configuration is in place, and $unit stays active"; fi
finish failed "the stored configuration is in place, and $unit is not up: $(unit_words)"
