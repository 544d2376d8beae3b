import { describe, expect, it } from 'vitest';
import { envelopeOf } from './dsse';
import { SIGNATURE_TYPE, statementDigest, statementIn, statementOf, statementText } from './statement';

const ID = '01a1fd00-0000-7000-8000-000000000001';
const signer = { id: ID, name: 'Priya Nair', email: 'priya@example.com' };
const parts = {
  workspace: ID,
  agent: 'ledger-clerk',
  gate: 'G4',
  review: ID,
  subject: { name: 'ledger-clerk v3', digest: { sha256: 'a'.repeat(64) } },
  role: 'grc',
  meaning: 'I approve ledger-clerk v3 for rollout, as GRC.',
  evidence: [{ kind: 'backtest', digest: 'b'.repeat(64) }],
  signer,
  method: 'passkey' as const,
  signedAt: '2026-11-21T15:00:00.000Z',
};

function enveloped(payload: string, type = SIGNATURE_TYPE) {
  return envelopeOf(type, payload, [{ keyid: 'k', sig: 'AAAA' }]);
}

describe('the statement of a signature', () => {
  it('is read back from its envelope, and has one digest', () => {
    const statement = statementOf(parts);
    const read = statementIn(enveloped(statementText(statement)));
    expect(read).toEqual({ ok: true, statement });
    expect(statementDigest(statement)).toMatch(/^[0-9a-f]{64}$/);
    expect(statementDigest(statementOf({ ...parts, note: 'x' }))).not.toBe(statementDigest(statement));
  });

  it('is refused when it lacks a part or has one too many', () => {
    expect(() => statementOf({ ...parts, gate: 'G7' })).toThrow(/gate/i);
    const text = statementText(statementOf(parts));
    const more = text.replace('{"_type"', '{"Extra":1,"_type"');
    expect(statementIn(enveloped(more))).toMatchObject({
      ok: false,
      fault: expect.stringMatching(/not whole/),
    });
  });

  it('is not taken from an envelope of another type, of no JSON, or of another spelling', () => {
    const text = statementText(statementOf(parts));
    expect(statementIn(enveloped(text, 'text/plain'))).toMatchObject({
      fault: expect.stringMatching(/payload type/),
    });
    expect(statementIn(enveloped('nothing'))).toMatchObject({ fault: expect.stringMatching(/not JSON/) });
    expect(statementIn(enveloped(` ${text}`))).toMatchObject({ fault: expect.stringMatching(/canonical/) });
  });
});
