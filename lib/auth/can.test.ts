import { describe, expect, test } from 'vitest';
import { type Actor, KEY_SCOPES, type KeyScope } from './actor';
import { ACTIONS, type Action, authorize, can, rolesThatMay } from './can';
import { ROLES, type Role } from './roles';

/**
 * Who may do what, written out a second time by hand: one line an action, one mark a role (in the order of ROLES) and
 * one a scope (in the order of KEY_SCOPES). `x` may, `.` may not. A change of rights must be made in both places.
 */
//                          head-of-ai        operator
//                          | sponsor         | sre
//                          | | engineer      | | sme       ingest
//                          | | | qa          | | | auditor | decide
//                          | | | | grc       | | | |       | | read
//                          | | | | |         | | | |       | | | author
//                          | | | | |         | | | |       | | | | signals
const MATRIX: Record<Action, string> = {
  'agent.read': '           x x x x x         x x x x       . . x . .',
  'contract.read': '        x x x x x         x x x x       . . x x .',
  'contract.import': '      x x x . x         . . . .       . . . x .',
  'draft.read': '           x x x x x         x x x x       . . x x .',
  'draft.write': '          x x x . x         . . . .       . . . x .',
  'contract.put-in-force': 'x x . . x         . . . .       . . . . .',
  'comment.write': '        x x x x x         x x x .       . . . . .',
  'change-request.settle': 'x . . . x         . . . .       . . . . .',
  'catalogue.read': '       x x x x x         x x x x       . . x x .',
  'catalogue.import': '     x . x . .         . . . .       . . . x .',
  'catalogue.decide': '     x . x . x         . . . .       . . . . .',
  'run.read': '             x x x x x         x x x x       . . x . .',
  'receipt.make': '         x x x x x         x x x x       . . . . .',
  'run.ingest': '           . . . . .         . . . .       x . . . .',
  'run.decide': '           . . . . .         . . . .       . x . . .',
  'run.status': '           x x x x x         x x x x       . x x . .',
  'run.resume': '           x . . . .         x . . .       . . . . .',
  'run.stop': '             x . . . .         x x . .       . . . . .',
  'run.pause': '            x . . . .         x x . .       . . . . .',
  'kill-switch.use': '      x . . . .         x x . .       . . . . .',
  'kill-switch.release': '  x . . . x         x . . .       . . . . .',
  'drill.run': '            x . . . .         x x . .       . . . . .',
  'incident.read': '        x x x x x         x x x x       . . x . .',
  'incident.acknowledge': ' x . . . .         x x . .       . . . . .',
  'incident.page': '        x . . . .         x x . .       . . . . .',
  'signal.read': '          x x x x x         x x x x       . . x . .',
  'signal.record': '        x x x x .         x x x .       x . . . x',
  'signal.rate': '          . . . . .         . . x .       . . . . x',
  'signal-source.manage': ' x . x . .         x x . .       . . . . .',
  'expert-review.rate': '   . . . . .         . . x .       . . . . .',
  'expert-review.draw': '   . . . . .         . . . .       . . . . .',
  'incident.note': '        x x x x x         x x x .       . . . . .',
  'incident.roll-back': '   x x . . x         x . . .       . . . . .',
  'compensation.decide': '  x . . . .         x . . .       . . . . .',
  'compensation.report': '  x . . . .         x . . .       x x . . .',
  'code-rollback.report': ' x . x . .         x x . .       x x . . .',
  'verdict.give': '         x x x x x         x x x .       . . . . .',
  'verdict.decide': '       x . . . .         . . . .       . . . . .',
  'amendment.read': '       x x x x x         x x x x       . . x . .',
  'amendment.write': '      x x x . x         . . . .       . . . . .',
  'amendment.consent': '    . . . . x         . . . .       . . . . .',
  'amendment.refuse': '     x x . . x         . . . .       . . . . .',
  'amendment.put-in-force-at-once': 'x . . . .   x . . .       . . . . .',
  'on-call.read': '         x x x x x         x x x x       . . x . .',
  'on-call.manage': '       x . . . .         x x . .       . . . . .',
  'on-call.take-shift': '   x x x x x         x x x .       . . . . .',
  'absence.write': '        x x x x x         x x x x       . . . . .',
  'absence.write-for-others': 'x . . . .         x x . .       . . . . .',
  'ladder.intervene': '     x . . . x         x x . .       . . . . .',
  'ladder.lift': '          x . . . x         x . . .       . . . . .',
  'ladder.mark-recovered': 'x x . . x         x x . .       . . . . .',
  'evidence.read': '        x x x x x         x x x x       . . x x .',
  'evidence.add': '         x x x x x         x x x .       . . . x .',
  'agent.propose': '        x x x . .         . . . .       . . . . .',
  'evidence.state-case': '  x x x . .         . . . .       . . . . .',
  'evidence.review-risk': ' x . . . x         . . . .       . . . . .',
  'gate.read': '            x x x x x         x x x x       . . x . .',
  'gate.open': '            x x x x x         x x . .       . . . . .',
  'gate.sign': '            x x x x x         x x x .       . . . . .',
  'gate.decline': '         x x x x x         x x x .       . . . . .',
  'gate.withdraw': '        x x x x x         x x . .       . . . . .',
  'gate.fall-back': '       x x x x x         x x . .       . . . . .',
  'agent.adopt': '          . . . . .         . . . .       . . . . .',
  'delegation.read': '      x x x x x         x x x x       . . . . .',
  'delegation.grant': '     x x x x x         x x . .       . . . . .',
  'delegation.grant-for-others': 'x . . . .         . . . .       . . . . .',
  'signer-habits.read': '   x . . . x         . . . x       . . . . .',
  'record.read': '          x x x x x         x x x x       . . . . .',
  'scenario.write': '       x x x x x         . . . .       . . . x .',
  'backtest.run': '         x x x x x         x x . .       . . . . .',
  'view.read': '            x x x x x         x x x x       . . . . .',
  'view.save': '            x x x x x         x x x x       . . . . .',
  'view.share': '           x x x x x         x x x .       . . . . .',
  'view.manage-shared': '   x . . . .         . . . .       . . . . .',
  'price.read': '           x x x x x         x x x x       . . x . .',
  'price.edit': '           x . x . .         . . . .       . . . . .',
  'key.manage': '           x . x . .         . . . .       . . . . .',
  'webhook.manage': '       x . . . .         x x . .       . . . . .',
  'person.manage': '        x . . . .         . . . .       . . . . .',
  'person.read': '          x x x x x         x x x x       . . . . .',
  'self.manage': '          x x x x x         x x x x       . . . . .',
  'audit.read': '           x . . . x         x x . x       . . x . .',
  'instance-key.rotate': '  x . . . .         . . . .       . . . . .',
  'workspace.manage': '     x . . . .         . . . .       . . . . .',
};

const HERE = '01a1fd00-0000-7000-8000-000000000001';
const ELSEWHERE = '01a1fd00-0000-7000-8000-000000000002';
const AGENT = '01a1fd00-0000-7000-8000-00000000000a';

function person(...roles: Role[]): Actor {
  return { kind: 'person', workspaceId: HERE, personId: 'p', name: 'P', roles };
}
function key(scope: KeyScope, agentId: string | null = null): Actor {
  return { kind: 'key', workspaceId: HERE, keyId: 'k', name: 'K', scopes: [scope], agentId };
}
function marks(action: Action): string[] {
  return MATRIX[action].trim().split(/\s+/);
}

describe.each(ACTIONS)('%s', (action) => {
  test.each(ROLES.map((role, index) => [role, marks(action)[index] === 'x'] as const))(
    'as %s: %s',
    (role, may) => {
      expect(can(person(role), action, { workspaceId: HERE })).toBe(may);
    },
  );
  test.each(KEY_SCOPES.map((scope, index) => [scope, marks(action)[ROLES.length + index] === 'x'] as const))(
    'with a key of scope %s: %s',
    (scope, may) => {
      expect(can(key(scope), action, { workspaceId: HERE })).toBe(may);
    },
  );
  test('never in another workspace, whatever one is', () => {
    const everything: Actor[] = [
      person(...ROLES),
      { kind: 'key', workspaceId: HERE, keyId: 'k', name: 'K', scopes: [...KEY_SCOPES], agentId: null },
      { kind: 'system', workspaceId: HERE },
    ];
    for (const actor of everything) {
      expect(can(actor, action, { workspaceId: ELSEWHERE })).toBe(false);
      expect(() => authorize(actor, action, { workspaceId: ELSEWHERE })).toThrow('no such thing');
    }
  });
  test('not without a role or scope', () => {
    expect(can(person(), action, { workspaceId: HERE })).toBe(false);
    const empty: Actor = { kind: 'key', workspaceId: HERE, keyId: 'k', name: 'K', scopes: [], agentId: null };
    expect(can(empty, action, { workspaceId: HERE })).toBe(false);
  });
  test('each mark stands for a role or a scope', () => {
    expect(marks(action)).toHaveLength(ROLES.length + KEY_SCOPES.length);
  });
});

test('several roles give what any of them gives', () => {
  expect(can(person('qa', 'operator'), 'run.resume', { workspaceId: HERE })).toBe(true);
});

test('a key bound to an agent speaks for no other', () => {
  const bound = key('decide', AGENT);
  expect(can(bound, 'run.decide', { workspaceId: HERE, agentId: AGENT })).toBe(true);
  expect(can(bound, 'run.decide', { workspaceId: HERE, agentId: ELSEWHERE })).toBe(false);
});

test('a refusal says who may', () => {
  expect(() => authorize(person('qa'), 'run.resume', { workspaceId: HERE })).toThrow(
    '"run.resume" is for head-of-ai, operator',
  );
  expect(() => authorize(key('ingest'), 'run.decide', { workspaceId: HERE })).toThrow('scope decide');
  expect(rolesThatMay('person.manage')).toEqual(['head-of-ai']);
});

test('whoever built an agent does not rate its runs, though they know the subject', () => {
  const subject = { workspaceId: HERE, builders: ['p'] };
  expect(can(person('sme'), 'expert-review.rate', subject)).toBe(false);
  expect(can(person('sme', 'engineer'), 'expert-review.rate', { ...subject, builders: ['q'] })).toBe(true);
  expect(() => authorize(person('sme'), 'expert-review.rate', subject)).toThrow('You built this agent');
  expect(can(person('engineer'), 'run.read', subject)).toBe(true);
});

test('a contract may put further roles at its kill switch, which opens nothing but that', () => {
  const subject = { workspaceId: HERE, named: ['qa'] as const };
  expect(can(person('qa'), 'run.stop', subject)).toBe(true);
  expect(can(person('qa'), 'run.pause', subject)).toBe(true);
  expect(can(person('sme'), 'run.stop', subject)).toBe(false);
  expect(can(person('qa'), 'run.resume', subject)).toBe(false);
  expect(can(person('qa'), 'person.manage', subject)).toBe(false);
  expect(can(key('decide'), 'run.stop', subject)).toBe(false);
  expect(rolesThatMay('run.stop', ['qa', 'sre'])).toEqual(['head-of-ai', 'operator', 'sre', 'qa']);
});
