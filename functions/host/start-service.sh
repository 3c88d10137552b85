#!/usr/bin/env bash
# Puts the agent back to work: lifts what stop-service.sh did, starts the unit and waits until it stays up.
# requires: lib.sh
#
# Inputs:  SSM_ActionId, SSM_Unit.
# Output:  `hostCommandResult` and its checksum. Facts: stateBefore, stateAfter, and mainPid or resultAfter.
# Exit:    0 up; 1 not up; 64 wrong input; 73 no place to note the action; 75 begun without a result.
# Undo:    stop-service.sh.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(required_input SSM_ActionId action-id)
unit=$(required_input SSM_Unit unit)
claim_action "$id" start-service
require_unit "$unit"

drop_in=$root/run/systemd/system/$unit.d/50-agent-medic-quarantine.conf
fact stateBefore "$(json_text "${unit_state[ActiveState]:-}")"
if [[ ! -e $drop_in && ${unit_state[ActiveState]:-} == active ]]; then finish unchanged "$unit was at work before"; fi

rm -f -- "$drop_in" || finish failed 'the drop-in that holds the unit down could not be removed'
rmdir -- "${drop_in%/*}" 2>/dev/null || true
timeout -k 1 20 systemctl daemon-reload 2>/dev/null || finish failed 'systemd did not reload its units'
if bring_up start "$unit"; then finish changed "$unit was started and stays active"; fi
finish failed "$unit was started and is not up: $(unit_words)"
