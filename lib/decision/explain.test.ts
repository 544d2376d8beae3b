import { describe, expect, it } from 'vitest';
import { explain } from './explain';
import { FINDING_CODES } from './types';

describe('the sentence about a finding', () => {
  it('says what the contract says and names the clause', () => {
    expect(
      explain({
        clause: 'tools/documents.ocr/categories',
        code: 'category-not-allowed',
        lane: 'block',
        detail: 'bank-account',
      }),
    ).toBe('This tool may not touch bank-account data. (tools/documents.ocr/categories)');
    expect(
      explain({ clause: 'scope/actions', code: 'action-not-in-scope', lane: 'block', detail: 'transact' }),
    ).toBe('You may not make transactions: it is not among the permitted actions. (scope/actions)');
    expect(explain({ clause: 'run/status', code: 'run-not-running', lane: 'block', detail: 'paused' })).toBe(
      'This run is paused: wait for a person. (run/status)',
    );
  });

  it('exists for every code and lane, and is one sentence with its clause', () => {
    for (const code of FINDING_CODES)
      for (const lane of ['degrade', 'block'] as const)
        expect(explain({ clause: 'a/b', code, lane, detail: 'this' })).toMatch(/^[A-Z].*[^.]\. \(a\/b\)$/);
  });
});
