import { formatDuration, formatList, plural } from '@/lib/format';
import type { AgentDrills } from '@/lib/services/drills/list-drills';
import type { Permission } from '@/lib/services/incidents/may-act';
import type { DrillPlan } from './drill-card';

/** What each drill would do now, to how many, in words; and why it cannot be begun, where it cannot. */
export function plansOf(drills: AgentDrills): DrillPlan[] {
  const { agent, planes, underWay, version, rollbackTo, operator, minutes, may } = drills;
  const onPlanes = plural(planes, 'runtime plane');
  const noPlane = planes === 0 ? 'No runtime plane is running.' : null;
  const notYours = refusal(may.run);
  // A version that a live agent does not have in force yet is drilled too: its gate asks for it.
  const waits = agent.live && drills.versions[0] !== undefined && drills.versions[0].name !== version.name;
  return [
    {
      kind: 'kill-switch',
      title: 'Kill switch',
      gate: 'G4',
      does: `Turns the real kill switch of ${agent.displayName} on, asks ${onPlanes} whether probe calls are blocked, and releases it. Takes about a second.`,
      warning: agent.live
        ? `${agent.displayName} is live: what it asks while the drill runs is blocked${underWay === 0 ? '' : `, in ${plural(underWay, 'run')} under way too`}.`
        : null,
      confirmLive: agent.live ? 'Live calls may be blocked for about a second' : null,
      cannot: notYours ?? noPlane,
      versions: [],
      minutes: null,
    },
    {
      kind: 'failure-paths',
      title: 'Failure paths',
      gate: 'G4',
      does: 'Breaks the contract once at every severity and lets the incident response answer, on the real database, in a transaction that is taken back. Nobody is paged and nothing stays.',
      warning: null,
      confirmLive: null,
      cannot: notYours,
      versions: version.own ? drills.versions : [],
      minutes: null,
    },
    {
      kind: 'rollback',
      title: 'Rollback',
      gate: 'G4',
      does:
        rollbackTo === null && waits
          ? `Tries out, on ${onPlanes}, where the version you choose would go back to.`
          : rollbackTo === null
            ? 'There is no earlier version that is known to be good, so there is nothing to go back to: the drill says so and is skipped.'
            : `Puts v${rollbackTo} in force in place of v${version.name}, waits until ${onPlanes} ${planes === 1 ? 'decides' : 'decide'} by it, and puts v${version.name} back.${waits ? ' Of a version that is not in force yet it is tried out where it would go back to.' : ''}`,
      warning:
        rollbackTo !== null && agent.live
          ? `${agent.displayName} is live: runs that begin meanwhile are held to v${rollbackTo} and keep it.`
          : null,
      confirmLive:
        (rollbackTo !== null || waits) && agent.live ? 'Live runs may begin under the other version' : null,
      cannot:
        notYours ??
        (may.rollBack
          ? null
          : 'Only the head of AI and operators run it, since it changes what is in force.') ??
        (rollbackTo === null && !waits ? null : noPlane),
      versions: waits ? drills.versions : [],
      minutes: null,
    },
    {
      kind: 'paging',
      title: 'Paging',
      gate: 'G5',
      does:
        operator.name === null
          ? (operator.unreached ?? '')
          : `Pages ${operator.name}, ${operator.schedule === null ? 'whom the contract names as operator' : `on call for ${operator.schedule}, which the contract names as operator`}, and waits until they acknowledge. Fails after ${formatDuration(minutes * 60_000)}, when the contract wants the next person told.`,
      warning: null,
      confirmLive: null,
      cannot: notYours ?? (operator.name === null ? 'Nobody could be paged by name.' : null),
      versions: [],
      minutes: operator.name === null ? null : minutes,
    },
  ];
}

/** Who may, by name, for a reader who may not; null for one who may. */
function refusal({ allowed, people, roles }: Permission): string | null {
  if (allowed) return null;
  const who = people.length === 0 ? 'Nobody here' : formatList(people);
  return `${who} may run drills (${roles.join(', ')}).`;
}
