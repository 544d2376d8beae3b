/** Where the code alone would read oddly. */
const OWN: Record<string, string> = {
  'absence.added': 'Absence entered',
  'absence.cancelled': 'Absence taken back',
  'agent.discovered': 'Agent first heard of',
  'agent.stage-changed': 'Stage of agent changed',
  'amendment.base-superseded': 'Version that an amendment changes was superseded',
  'amendment.in-force': 'Amendment came into force',
  'amendment.not-signed-in-time': 'Emergency amendment not signed in time',
  'amendment.proposal-accepted': 'Offered clause taken into the amendment',
  'amendment.proposal-declined': 'Offered clause left out of the amendment',
  'amendment.put-in-force-at-once': 'Amendment put in force before its gates',
  'amendment.rebased': 'Amendment brought up to a newer version',
  'amendment.route-as-computed': 'Way back of amendment set as computed',
  'amendment.route-lowered': 'Shorter way back of amendment consented to',
  'amendment.route-lowering-asked': 'Shorter way back of amendment asked for',
  'amendment.route-lowering-declined': 'Shorter way back of amendment not consented to',
  'amendment.route-raised': 'Way back of amendment raised',
  'amendment.signed-after': 'Emergency amendment signed after',
  'audit.exported': 'Audit log exported',
  'contract.put-in-force': 'Contract put in force',
  'delegation.granted': 'Stand-in named',
  'delegation.revoked': 'Stand-in ended',
  'demo.ended': 'Demo’s last run ended',
  'instance-key.rotated': 'Instance key rotated',
  'expert-review.drawn': 'Run drawn for expert review',
  'expert-review.rated': 'Run rated by a subject expert',
  'expert-review.skipped': 'Run passed on by a subject expert',
  'gate.declined': 'Gate declined',
  'gate.expired': 'Review of gate expired',
  'gate.opened': 'Review of gate opened',
  'gate.superseded': 'Review of gate closed by a later step',
  'gate.withdrawn': 'Review of gate withdrawn',
  'incident.joined': 'Run joined an incident',
  'incident.cause-reopened': 'Cause of incident open again',
  'incident.cause-settled': 'Cause of incident settled',
  'incident.paged': 'Page delivered',
  'incident.reassigned': 'Incident handed on',
  'incident.severity-rose': 'Severity of incident rose',
  'incident.split': 'Run moved to an incident of its own',
  'incident.verdict-given': 'Verdict on incident given',
  'key.created': 'API key created',
  'key.revoked': 'API key revoked',
  'kill-switch.off': 'Kill switch released',
  'kill-switch.on': 'Kill switch turned on',
  'ladder.requirement-met': 'Requirement of recovery met',
  'ladder.step-ended': 'Step of the ladder ended',
  'ladder.step-taken': 'Step of the ladder taken',
  'on-call.override-cancelled': 'Override of a shift taken back',
  'on-call.overridden': 'Shift taken over',
  'on-call.schedule-archived': 'On-call schedule archived',
  'on-call.schedule-changed': 'On-call schedule changed',
  'on-call.schedule-created': 'On-call schedule made',
  'page.digest-sent': 'Several pages sent as one',
  'page.nobody': 'Nobody to page',
  'page.sent': 'Page sent',
  'person.account-linked': 'Company account tied',
  'person.account-untied': 'Company account untied',
  'person.password-link-made': 'Password link made',
  'person.password-set': 'Password set',
  'person.roles-changed': 'Roles changed',
  'run.pause-acknowledged': 'Pause acknowledged by the agent',
  'run.receipt-made': 'Receipt of run made',
  'run.stop-requested': 'Stop of run requested',
  'signal-source.connected': 'System that sends signals connected',
  'signal-source.removed': 'System that sends signals removed',
  'signal.corrected': 'Signals corrected',
  'signal.imported': 'File of signals imported',
  'signal.strayed': 'Signals named a run of another agent',
  'view.changed': 'Saved view changed',
  'view.removed': 'Saved view removed',
  'view.saved': 'View saved',
  'webhook.created': 'Channel added',
  'webhook.disabled': 'Channel disabled',
  'webhook.discarded': 'Given-up delivery discarded',
  'webhook.redelivered': 'Delivery sent again',
  'webhook.tested': 'Channel tested',
};

/** What an action's code says, in words: `incident.acknowledged` → "Incident acknowledged". */
export function actionWords(action: string): string {
  const own = OWN[action];
  if (own !== undefined) return own;
  const text = action.replace(/[.-]/g, ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What an entry is about that has no name, or none any more: `page-digest:0198…` → "Page digest". Ids are for exports. */
export function subjectWords(subject: string): string {
  const at = subject.indexOf(':');
  const kind = (at < 0 ? subject : subject.slice(0, at)).replaceAll('-', ' ');
  const rest = at < 0 ? '' : subject.slice(at + 1);
  const words = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  return rest === '' || ID.test(rest) ? words : `${words} ${rest}`;
}

const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$|^[0-9a-f]{40,}$/;

const NOUNS: Record<string, string> = {
  audit: 'Audit log',
  key: 'API keys',
  'instance-key': 'Instance key',
  'kill-switch': 'Kill switches',
  ladder: 'Ladder',
  'on-call': 'On call',
  person: 'People',
};

/** The noun before the dot, as a group of actions is called: `incident` → "Incidents". */
export function nounWords(noun: string): string {
  return NOUNS[noun] ?? `${noun.charAt(0).toUpperCase()}${noun.slice(1)}s`;
}

/** Actions by noun, in the order given. */
export function byNoun(actions: readonly string[]): [noun: string, actions: string[]][] {
  const groups = new Map<string, string[]>();
  for (const action of actions) {
    const noun = action.split('.', 1)[0] ?? '';
    groups.set(noun, [...(groups.get(noun) ?? []), action]);
  }
  return [...groups];
}
