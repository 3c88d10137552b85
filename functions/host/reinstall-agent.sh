#!/usr/bin/env bash
# Installs the agent's package anew, keeps its configuration, and restarts the unit.
# requires: lib.sh
#
# Configuration stays: dpkg keeps changed conffiles (--force-confold), rpm keeps files marked noreplace and moves others to
# <file>.rpmsave. A registration that the package's scripts discard is lost: gate this command where there is one.
#
# Inputs:  SSM_ActionId, SSM_Unit, SSM_Package. Optional: SSM_Version; without it the installed version, or the newest when
#          the package is not installed.
# Output:  `hostCommandResult` and its checksum. Facts: manager, versionBefore, versionAfter, stateAfter, and mainPid or
#          resultAfter.
# Exit:    0 installed and up; 1 otherwise; 64 wrong input; 73 no place to note the action; 75 begun without a result.
# Undo:    this command with SSM_Version set to the fact versionBefore.
set -euo pipefail
# shellcheck source=lib.sh
declare -F required_input >/dev/null || source "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

id=$(required_input SSM_ActionId action-id)
unit=$(required_input SSM_Unit unit)
package=$(required_input SSM_Package package)
version=$(optional_input SSM_Version version)
claim_action "$id" reinstall-agent
command -v systemctl >/dev/null || finish failed 'systemctl is not installed on this host'

manager=''
for candidate in apt-get dnf yum; do
  if command -v "$candidate" >/dev/null; then
    manager=$candidate
    break
  fi
done
fact manager "$(json_text "$manager")"

# shellcheck disable=SC2016 # dpkg-query expands ${Version}
installed_version() {
  case $manager in
    apt-get) dpkg-query -W -f='${Version}' "$package" 2>/dev/null || true ;;
    *) rpm -q --qf '%{VERSION}-%{RELEASE}' "$package" 2>/dev/null | grep -v 'not installed' || true ;;
  esac
}

# An agent's package may come from a repository that answers slowly or not at all; what is known already is then used.
install_with_apt() {
  local options=(-y -q -o DPkg::Lock::Timeout=30 -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold)
  export DEBIAN_FRONTEND=noninteractive
  timeout -k 5 45 apt-get update -q >/dev/null 2>&1 || note 'apt-get update failed: the lists of the last update are used'
  timeout -k 5 170 apt-get install --reinstall --allow-downgrades --no-install-recommends "${options[@]}" "$package${version:+=$version}" 2>&1
}

install_with_rpm() {
  local verb=reinstall wanted=$package${version:+-$version}
  if [[ -z $version_before ]]; then
    verb=install
  elif [[ -n $version && $version != "$version_before" && $version != "${version_before%-*}" ]]; then
    # yum's install does not go back to an older version; its downgrade does.
    verb=install
    if [[ $manager == yum && $(printf '%s\n' "$version" "$version_before" | sort -V | head -n 1) == "$version" ]]; then verb=downgrade; fi
  fi
  timeout -k 5 200 "$manager" -y -q "$verb" "$wanted" 2>&1
}

version_before=$(installed_version)
fact versionBefore "$(json_text "$version_before")"
status=0
case $manager in
  apt-get) output=$(install_with_apt) || status=$? ;;
  dnf | yum) output=$(install_with_rpm) || status=$? ;;
  *) finish failed 'no package manager was found: neither apt-get nor dnf nor yum' ;;
esac
version_after=$(installed_version)
fact versionAfter "$(json_text "$version_after")"
if ((status == 124 || status == 137)); then finish failed "$manager did not end in time"; fi
if ((status != 0)); then finish failed "$manager ended with status $status: $(printf '%s\n' "$output" | excerpt)"; fi

timeout -k 1 20 systemctl daemon-reload 2>/dev/null || note 'systemd did not reload its units'
require_unit "$unit"
if bring_up restart "$unit"; then finish changed "$package $version_after is installed, and $unit stays active"; fi
finish failed "$package $version_after is installed, and $unit is not up: $(unit_words)"
