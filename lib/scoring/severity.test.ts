import { describe, expect, it } from 'vitest';
import { contractSchema } from '@/lib/contract/schema';
import { FINDING_CODES, type Finding } from '@/lib/decision/types';
import { aContract } from '@/lib/services/testing/a-contract';
import { ceilingResponse, isBreach, responsesTo, responseTo, severityOf } from './severity';

const contract = contractSchema.parse(aContract());
const finding = (code: Finding['code'], detail = '', lane: Finding['lane'] = 'block'): Finding => ({
  clause: 'a/b',
  code,
  lane,
  detail,
});

describe('the severity of a breach', () => {
  it('is critical for what is forbidden or never done', () => {
    expect(severityOf(finding('forbidden'), contract)).toBe('critical');
    expect(severityOf(finding('never'), contract)).toBe('critical');
  });

  it('goes by the weight of the data that does not belong', () => {
    const touching = (category: string) => severityOf(finding('category-not-allowed', category), contract);
    expect(touching('bank-account')).toBe('critical'); // 9
    expect(touching('payment')).toBe('high'); // 5
    expect(touching('genetic')).toBe('critical'); // not weighed
    expect(touching('constructor')).toBe('critical');
  });

  it('is what the contract answers a broken ceiling with', () => {
    const of = (answer: 'log' | 'warn' | 'page' | 'pause') =>
      severityOf(
        finding('budget-run'),
        contractSchema.parse(aContract({ cost: { perRun: 1, onBreach: { perRun: answer } } })),
      );
    expect([of('log'), of('warn'), of('page'), of('pause')]).toEqual(['low', 'medium', 'high', 'high']);
  });

  it('is known for every finding', () => {
    const table = Object.fromEntries(
      FINDING_CODES.map((code) => [code, severityOf(finding(code), contract)]),
    );
    expect(table).toEqual({
      'kill-switch': 'critical',
      'agent-held': 'high',
      'run-not-running': 'high',
      'tool-not-allowed': 'high',
      forbidden: 'critical',
      'action-not-in-scope': 'high',
      'authority-level': 'high',
      'arguments-invalid': 'medium',
      'category-not-allowed': 'critical',
      filtered: 'low',
      'filter-not-applied': 'critical',
      'needs-approval': 'high',
      'needs-escalation': 'high',
      never: 'critical',
      'rate-limit': 'medium',
      'budget-run': 'high',
      'budget-day': 'high',
      'budget-month': 'high',
      'token-ceiling': 'high',
      'call-ceiling': 'high',
      'repeated-call': 'high',
    });
  });

  it('is answered as the failure section says', () => {
    expect(responseTo('critical', contract)).toEqual(['page', 'pause', 'roll-back']);
    expect(responseTo('low', contract)).toEqual(['log']);
  });
});

describe('a finding on a call that was made', () => {
  it('is a breach when the call should have been blocked, or was not approved', () => {
    expect(isBreach(finding('forbidden'), true)).toBe(true);
    expect(isBreach(finding('needs-approval', '', 'escalate'), false)).toBe(true);
    expect(isBreach(finding('needs-approval', '', 'escalate'), true)).toBe(false);
  });

  it('is a breach for every broken ceiling, also one that only logs', () => {
    expect(isBreach(finding('budget-run', '', 'allow'), false)).toBe(true);
    expect(isBreach(finding('budget-run', '', 'escalate'), true)).toBe(true);
  });

  it('is none when its output only had to be reviewed', () => {
    expect(isBreach(finding('authority-level', '', 'degrade'), false)).toBe(false);
  });
});

describe('what follows a broken ceiling', () => {
  const forgetful = contractSchema.parse(
    aContract({
      cost: { perRun: 1, onBreach: { perRun: 'pause', perDay: 'warn' } },
      failure: { high: ['log'] },
    }),
  );

  it('is what its own clause says, besides what its severity does', () => {
    expect(ceilingResponse('budget-run', forgetful)).toBe('pause');
    expect(responsesTo({ code: 'budget-run', severity: 'high' }, forgetful)).toEqual(['log', 'pause']);
    expect(responsesTo({ code: 'budget-day', severity: 'medium' }, forgetful)).toEqual(['log', 'warn']);
  });

  it('is nothing more for a breach of any other clause', () => {
    expect(ceilingResponse('forbidden', forgetful)).toBeNull();
    expect(responsesTo({ code: 'forbidden', severity: 'high' }, forgetful)).toEqual(['log']);
  });
});
