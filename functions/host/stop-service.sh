#!/usr/bin/env bash
# Takes the agent out of work: stops its unit and keeps everything but a person or start-service.sh from starting it.
# requires: lib.sh
#
# A drop-in below /run holds the unit down by an assertion that fails for as long as the drop-in is there. Not `disable`: that
# does not keep a timer, a dependency or a person from starting the unit. Not `mask --runtime`: units in /etc/systemd/system
# (runners that install themselves) win over the mask in /run. The drop-in works for both, `systemctl status` shows its
# name, and a reboot clears it, so that nothing forgotten keeps an agent down for good.
#
# Inputs:  SSM_ActionId, SSM_Unit.
# Output:  `hostCommandResult` and its checksum. Facts: stateBefore, stateAfter, dropIn.
# Exit:    0 stopped, or was; 1 not stopped; 64 wrong input; 73 no place to note the action; 75 begun without a result.
# Undo:    start-service.sh; by hand: remove the drop-in, `systemctl daemon-reload`, `systemctl start <unit>`.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(required_input SSM_ActionId action-id)
unit=$(required_input SSM_Unit unit)
case ${unit%.service} in
  amazon-ssm-agent | snap.amazon-ssm-agent.*) reject_input SSM_Unit 'is the SSM agent: stopping it would cut the way back' ;;
esac
claim_action "$id" stop-service
require_unit "$unit"

folder=/run/systemd/system/$unit.d
drop_in=$folder/50-agent-medic-quarantine.conf
state_before=${unit_state[ActiveState]:-}
held_before=$([[ -e $root$drop_in ]] && echo yes || echo no)
fact stateBefore "$(json_text "$state_before")"
fact dropIn "$(json_string "$drop_in")"

(umask 022 && mkdir -p "$root$folder" && printf '%s\n' '# Written by agent-medic: the agent is in quarantine.' '[Unit]' \
  "AssertPathExists=!$drop_in" >"$root$drop_in") || finish failed "the drop-in could not be written to $folder"
timeout -k 1 20 systemctl daemon-reload 2>/dev/null || finish failed 'systemd did not reload its units'
timeout -k 1 90 systemctl stop "$unit" 2>/dev/null || note "systemctl stop did not end well within 90 s"

read_unit "$unit"
fact stateAfter "$(json_text "${unit_state[ActiveState]:-}")"
case ${unit_state[ActiveState]:-} in
  inactive | failed) ;;
  *) finish failed "$unit is still ${unit_state[ActiveState]:-in a state that is not known}; it will not be started again" ;;
esac
if [[ $held_before == yes && $state_before == "${unit_state[ActiveState]}" ]]; then finish unchanged "$unit was out of work before"; fi
finish changed "$unit is stopped and held down until start-service or a reboot"
