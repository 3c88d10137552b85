#!/usr/bin/env bash
# Restarts the agent's unit and waits until it stays up.
# requires: lib.sh
#
# Inputs:  SSM_ActionId, SSM_Unit.
# Output:  `hostCommandResult` of functions/domain/host-probe.ts and its checksum. Facts: stateBefore, restartsBefore,
#          mainPidBefore, bootId, stateAfter, and mainPid or resultAfter.
# Exit:    0 restarted; 1 not up afterwards; 64 wrong input; 73 no place to note the action; 75 begun without a result.
# Undo:    none: a restart leaves nothing behind. Jobs that ran on the agent are lost.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(required_input SSM_ActionId action-id)
unit=$(required_input SSM_Unit unit)
claim_action "$id" restart-service
require_unit "$unit"

fact bootId "$(json_text "$(boot_id)")"
fact stateBefore "$(json_text "${unit_state[ActiveState]:-}")"
fact restartsBefore "$(json_number "${unit_state[NRestarts]:-}")"
fact mainPidBefore "$(json_number "${unit_state[MainPID]:-}")"
if bring_up restart "$unit"; then finish changed "$unit was restarted and stays active"; fi
finish failed "$unit was restarted and is not up: $(unit_words)"
