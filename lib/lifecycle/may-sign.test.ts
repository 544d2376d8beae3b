import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GATE_IDS, GATES, SIGNING_ROLES, type SigningRole } from './gates';
import { type GivenDelegation, maySign, type SigningContext, signersFor, whyNobody } from './may-sign';

const NOW = Date.parse('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;

function context(over: Partial<SigningContext> = {}): SigningContext {
  return {
    gate: 'G4',
    agentId: 'claims',
    members: [
      { id: 'rasmus', name: 'Rasmus', roles: ['grc'] },
      { id: 'petra', name: 'Petra', roles: ['grc', 'sponsor'] },
      { id: 'tomas', name: 'Tomas', roles: ['engineer'] },
      { id: 'ines', name: 'Ines', roles: ['sme'] },
    ],
    named: {},
    signatures: [],
    authors: [],
    builders: [],
    delegations: [],
    ...over,
  };
}
const delegation = (over: Partial<GivenDelegation> = {}): GivenDelegation => ({
  id: 'd1',
  fromId: 'rasmus',
  toId: 'ines',
  role: 'grc',
  agentId: null,
  startsAt: NOW - HOUR,
  endsAt: NOW + HOUR,
  revokedAt: null,
  ...over,
});
const as = (personId: string, role: SigningRole = 'grc', delegationId: string | null = null) => ({
  personId,
  role,
  delegationId,
});
const reason = (...args: Parameters<typeof maySign>) => {
  const verdict = maySign(...args);
  return verdict.ok ? 'yes' : verdict.reason;
};

describe('who may sign', () => {
  it('is whoever has the role, and nobody else', () => {
    expect(reason(as('rasmus'), context(), NOW)).toBe('yes');
    expect(reason(as('tomas'), context(), NOW)).toBe(
      'Only somebody with the role GRC signs here; you do not have it.',
    );
    expect(reason(as('petra', 'sponsor'), context(), NOW)).toBe('G4 is not signed as sponsor.');
    expect(reason(as('gone'), context(), NOW)).toBe('You are not a member of this workspace any more.');
  });

  it('is the person the contract names, while they have the role and are not barred', () => {
    const named = context({ named: { grc: 'petra' } });
    expect(reason(as('rasmus'), named, NOW)).toBe(
      'The contract names Petra as GRC. Petra signs, or lets you stand in.',
    );
    expect(reason(as('rasmus'), { ...named, authors: ['petra'] }, NOW)).toBe('yes');
    expect(reason(as('rasmus'), context({ named: { grc: 'tomas' } }), NOW)).toBe('yes');
  });

  it('is not who wrote the version as GRC or operator, though they may sign as sponsor', () => {
    expect(reason(as('petra'), context({ authors: ['petra'] }), NOW)).toBe(
      'Petra wrote this version, so cannot sign it as GRC.',
    );
    expect(reason(as('petra', 'sponsor'), context({ gate: 'G2', authors: ['petra'] }), NOW)).toBe('yes');
    const operator = context({
      gate: 'G6',
      members: [{ id: 'dana', name: 'Dana', roles: ['operator'] }],
      authors: ['dana'],
    });
    expect(reason(as('dana', 'operator'), operator, NOW)).toContain('wrote this version');
  });

  it('is not who signed as engineering lead, at G4 and G5', () => {
    expect(reason(as('petra'), context({ builders: ['petra'] }), NOW)).toBe(
      'Petra signed this version as engineering lead, so cannot sign it at G4.',
    );
    expect(reason(as('petra', 'sponsor'), context({ gate: 'G6', builders: ['petra'] }), NOW)).toBe('yes');
  });

  it('may be somebody in another’s place, from when until when and for what it was given', () => {
    const by = (over: Partial<GivenDelegation>, rest: Partial<SigningContext> = {}) =>
      reason(as('ines', 'grc', 'd1'), context({ delegations: [delegation(over)], ...rest }), NOW);
    expect(by({})).toBe('yes');
    expect(by({ agentId: 'claims' })).toBe('yes');
    expect(by({ agentId: 'other' })).toBe('This delegation is for another agent.');
    expect(by({ endsAt: NOW })).toBe('This delegation has ended.');
    expect(by({ startsAt: NOW + 1 })).toBe('This delegation has not begun yet.');
    expect(by({ revokedAt: NOW })).toBe('This delegation was taken back.');
    expect(by({ toId: 'tomas' })).toBe('There is no such delegation to you.');
    expect(by({ role: 'qa' })).toBe('There is no such delegation to you.');
    expect(by({ fromId: 'tomas' })).toBe(
      'Tomas no longer has the role GRC, so nobody can stand in for them.',
    );
    expect(by({}, { authors: ['rasmus'] })).toContain('Rasmus wrote this version');
    expect(by({}, { builders: ['ines'] })).toContain('Ines signed this version as engineering lead');
    expect(by({}, { named: { grc: 'petra' } })).toBe('The contract names Petra as GRC, not Rasmus.');
    expect(by({}, { named: { grc: 'rasmus' } })).toBe('yes');
  });

  it('says why when nobody may', () => {
    expect(whyNobody('grc', context(), NOW)).toBeNull();
    expect(whyNobody('qa', context({ gate: 'G3' }), NOW)).toBe(
      'Nobody in this workspace has the role QA. Give it to somebody in Settings, People.',
    );
    expect(whyNobody('grc', context({ authors: ['petra'], builders: ['rasmus'] }), NOW)).toBe(
      'Nobody who has the role GRC may sign. Rasmus signed this version as engineering lead, so cannot sign it at G4. Petra wrote this version, so cannot sign it as GRC. Give the role to somebody else in Settings, People.',
    );
  });

  it('never lets a person sign twice, an author approve, or a builder run, whoever stands in for whom', () => {
    const people = ['a', 'b', 'c', 'd'];
    const person = fc.constantFrom(...people);
    const anyContext = fc.record({
      gate: fc.constantFrom(...GATE_IDS),
      members: fc
        .tuple(...people.map(() => fc.subarray([...SIGNING_ROLES])))
        .map((roles) =>
          people.map((id, position) => ({ id, name: id.toUpperCase(), roles: roles[position] ?? [] })),
        ),
      named: fc.dictionary(fc.constantFrom(...SIGNING_ROLES), person),
      authors: fc.subarray(people),
      builders: fc.subarray(people),
      delegations: fc.array(
        fc.record({
          fromId: person,
          toId: person,
          role: fc.constantFrom(...SIGNING_ROLES),
          endsAt: fc.constantFrom(NOW - 1, NOW + 1),
        }),
        { maxLength: 6 },
      ),
    });
    fc.assert(
      fc.property(anyContext, fc.array(fc.nat(), { maxLength: 6 }), (given, choices) => {
        const facts = context({
          ...given,
          delegations: given.delegations.map((each, position) => delegation({ ...each, id: `d${position}` })),
        });
        const signatures: SigningContext['signatures'][number][] = [];
        // Everybody who may sign does, in any order.
        for (const choice of choices) {
          const open = GATES[facts.gate].roles.flatMap((role) =>
            signersFor(role, { ...facts, signatures }, NOW),
          );
          const next = open[choice % Math.max(1, open.length)];
          if (next !== undefined)
            signatures.push({ role: next.role, personId: next.personId, forId: next.forId });
        }
        const hands = signatures.flatMap((each) => [
          each.personId,
          ...(each.forId === null ? [] : [each.forId]),
        ]);
        expect(new Set(hands).size).toBe(hands.length);
        expect(new Set(signatures.map((each) => each.role)).size).toBe(signatures.length);
        for (const each of signatures)
          for (const hand of [each.personId, each.forId]) {
            if (each.role === 'grc' || each.role === 'operator') expect(facts.authors).not.toContain(hand);
            if (facts.gate === 'G4' || facts.gate === 'G5') expect(facts.builders).not.toContain(hand);
          }
        for (const { role, personId, forId } of signatures)
          expect(facts.members.find((each) => each.id === (forId ?? personId))?.roles).toContain(role);
      }),
      { numRuns: 300 },
    );
  });
});
