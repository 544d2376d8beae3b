import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './canonical';
import { digestOf } from './digest';
import { payloadOf } from './dsse';
import { RECORD_SCHEMAS } from './export-lines';
import { SIGNATURE_TYPE } from './statement';
import { aKey, anExport, type ExportOptions, passkeyOf, verifyText } from './testing/an-export';

const whole = anExport();
const bytes = Buffer.from(whole.text);
const lines = whole.text.trimEnd().split('\n');
const joined = (some: readonly string[]) => `${some.join('\n')}\n`;

function faultOf(text: string | Buffer, trusted: readonly string[] = []) {
  const result = verifyText(text, { trusted });
  return 'fault' in result ? result.fault : null;
}
const faultIn = (options: ExportOptions) => faultOf(anExport(options).text);

/** The line of a record of this kind, from 1. */
const lineOf = (kind: string) => lines.findIndex((line) => line.startsWith(`{"${kind}":`)) + 1;
/** The line of the entry at a place of the chain. */
const lineOfEntry = (seq: number) => lines.findIndex((line) => line.endsWith(`,"seq":${seq}}`)) + 1;

describe('an untouched export', () => {
  it('verifies, whatever pieces it is read in', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), (piece) => {
        expect(verifyText(whole.text, { piece })).toMatchObject({
          verified: { entries: 25, trusted: false, counts: { signature: 1, checkpoint: 3, contract: 1 } },
        });
      }),
      { numRuns: 40 },
    );
  });

  it('verifies with the key one has from elsewhere, and not with another', () => {
    expect(verifyText(whole.text, { trusted: [whole.key.id] })).toMatchObject({
      verified: { trusted: true },
    });
    expect(faultOf(whole.text, [aKey().id])).toMatchObject({ line: 1, code: 'foreign-key' });
  });

  it('verifies when entries are left out, by their digests', () => {
    const { text } = anExport({ leaveOut: (seq) => seq % 3 === 0 });
    expect(verifyText(text)).toMatchObject({ verified: { entries: 25, filter: { action: 'run' } } });
    expect(text).toContain('{"digest":"');
  });
});

/** Milliseconds: each of these verifies some hundred exports, signatures included. */
const SLOW = 60_000;

describe('any change of an export is found', () => {
  it(
    'of any byte, wherever it is',
    () => {
      fc.assert(
        fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
          const changed = Buffer.from(bytes);
          changed[at] = (changed[at] ?? 0) ^ by;
          expect(faultOf(changed)).not.toBeNull();
        }),
        { numRuns: 600 },
      );
    },
    SLOW,
  );

  it(
    'of the last bytes, cut off',
    () => {
      fc.assert(
        fc.property(fc.nat({ max: bytes.length - 1 }), (length) => {
          const fault = faultOf(bytes.subarray(0, length));
          expect(fault?.code).toBe(
            length === 0
              ? 'not-an-export'
              : length < (lines[0] ?? '').length + 1
                ? 'not-an-export'
                : 'truncated',
          );
        }),
        { numRuns: 200 },
      );
    },
    SLOW,
  );

  it(
    'of lines dropped, doubled or exchanged',
    () => {
      const place = fc.nat({ max: lines.length - 1 });
      fc.assert(
        fc.property(place, place, fc.constantFrom('drop', 'double', 'exchange'), (one, other, how) => {
          const changed = [...lines];
          if (how === 'drop') changed.splice(one, 1);
          else if (how === 'double') changed.splice(other, 0, lines[one] ?? '');
          else {
            if (one === other) return;
            changed[one] = lines[other] ?? '';
            changed[other] = lines[one] ?? '';
          }
          expect(faultOf(joined(changed))).not.toBeNull();
        }),
        { numRuns: 400 },
      );
    },
    SLOW,
  );

  it(
    'of bytes of a filtered export too',
    () => {
      const filtered = Buffer.from(anExport({ leaveOut: (seq) => seq % 2 === 0 }).text);
      fc.assert(
        fc.property(fc.nat({ max: filtered.length - 1 }), (at) => {
          const changed = Buffer.from(filtered);
          changed[at] = (changed[at] ?? 0) ^ 1;
          expect(faultOf(changed)).not.toBeNull();
        }),
        { numRuns: 400 },
      );
    },
    SLOW,
  );
});

describe('what is wrong is named by its first line, and told apart', () => {
  it('an entry that was changed', () => {
    const line = lineOfEntry(12);
    const changed = lines.map((each, index) =>
      index === line - 1 ? each.replace('overrun 12', 'overrun 13') : each,
    );
    expect(faultOf(joined(changed))).toMatchObject({ line, seq: 12, code: 'changed' });
  });

  it('an entry that is missing', () => {
    const line = lineOfEntry(12);
    expect(faultOf(joined(lines.filter((_, index) => index !== line - 1)))).toMatchObject({
      line,
      seq: 12,
      code: 'missing',
      message: 'Entry 12 is missing: entry 13 comes in its place.',
    });
  });

  it('entries that changed places', () => {
    const [one, other] = [lineOfEntry(12), lineOfEntry(15)];
    const changed = [...lines];
    changed[one - 1] = lines[other - 1] ?? '';
    changed[other - 1] = lines[one - 1] ?? '';
    expect(faultOf(joined(changed))).toMatchObject({
      line: one,
      seq: 12,
      code: 'reordered',
      message: expect.stringContaining(`line ${other}`),
    });
  });

  it('a tail that was cut off', () => {
    expect(faultOf(joined(lines.slice(0, -1)))).toMatchObject({ line: lines.length, code: 'truncated' });
    expect(faultOf(joined(lines.slice(0, 20)))).toMatchObject({ line: 21, code: 'truncated' });
  });

  it('something after the end', () => {
    expect(faultOf(joined([...lines, lines[3] ?? '']))).toMatchObject({
      line: lines.length + 1,
      code: 'repeated',
    });
    expect(faultOf(joined([...lines, 'x']))).toMatchObject({ line: lines.length + 1, code: 'repeated' });
  });

  it('another file', () => {
    for (const text of ['', 'hello\n', '{"export":1}\n', '\n', '[]\n'])
      expect(faultOf(text), text).toMatchObject({ line: 1 });
  });

  it('the export of another instance under this one’s head', () => {
    const foreign = anExport().text.trimEnd().split('\n');
    expect(faultOf(joined([...lines.slice(0, -1), foreign.at(-1) ?? '']))).toMatchObject({
      line: lines.length,
      code: 'foreign-key',
    });
  });
});

describe('what was changed in the database before the export', () => {
  it('an entry, under its old hash', () => {
    const fault = faultIn({
      editEntry: (entry, seq) => (seq === 9 ? { ...entry, actorName: 'Nobody' } : entry),
    });
    expect(fault).toMatchObject({ line: lineOfEntry(9), seq: 9, code: 'changed' });
  });

  it('a contract, with and without its digest', () => {
    const document = { identity: { agent: 'ledger-clerk' }, limits: [1_000_000] };
    expect(
      faultIn({ edit: (kind, record) => (kind === 'contract' ? { ...record, document } : record) }),
    ).toMatchObject({
      line: lineOf('contract'),
      code: 'contract',
    });
    // With the digest changed too, the signature binds a version that is not there.
    expect(
      faultIn({
        edit: (kind, record) =>
          kind === 'contract' ? { ...record, document, digest: digestOf(document) } : record,
      }),
    ).toMatchObject({ line: lineOf('signature'), code: 'signature' });
  });

  it('evidence: what it says, when it was found', () => {
    for (const change of [
      { summary: 'All is well.' },
      { producedAt: '2026-11-21T15:00:01.000Z' },
      { outcome: 'passed' },
    ])
      expect(
        faultIn({ edit: (kind, record) => (kind === 'evidence' ? { ...record, ...change } : record) }),
      ).toMatchObject({
        line: lineOf('evidence'),
        code: 'evidence',
      });
  });

  it('a signature: its columns, its passkey, its envelope', () => {
    for (const change of [
      { role: 'operator' },
      { meaning: 'I approve everything.' },
      { note: 'added later' },
      { person: '01a1fd00-0000-7000-8000-000000000099' },
      { signedAt: '2026-11-20T15:00:00.000Z' },
      { statementDigest: '0'.repeat(64) },
      { review: '01a1fd00-0000-7000-8000-000000000098' },
    ])
      expect(
        faultIn({ edit: (kind, record) => (kind === 'signature' ? { ...record, ...change } : record) }),
        canonicalJson(change),
      ).toMatchObject({ line: lineOf('signature'), code: 'signature' });
  });

  it('a passkey that was put in the place of the one that was enrolled, with its signatures made anew', () => {
    const other = passkeyOf('ES256');
    const edit: ExportOptions['edit'] = (kind, record) => {
      if (kind === 'passkey') return { ...record, publicKey: other.publicCose.toString('base64') };
      if (kind !== 'signature') return record;
      const { envelope } = RECORD_SCHEMAS.signature.parse(record);
      const signatures = envelope.signatures.filter((each) => each.webauthn === undefined);
      const again = other.assert(SIGNATURE_TYPE, payloadOf(envelope).toString('utf8'));
      return { ...record, envelope: { ...envelope, signatures: [...signatures, again] } };
    };
    expect(faultIn({ edit })).toMatchObject({
      line: lineOfEntry(1),
      code: 'contradiction',
      message: expect.stringContaining('speaks of passkey ES256'),
    });
  });

  it('a passkey that was moved to somebody else than who enrolled it', () => {
    const moved = '01a1fd00-0000-7000-8000-000000000099';
    const subject = `person:${moved}`;
    expect(
      faultIn({ entry: (entry) => (entry.action === 'passkey.added' ? { ...entry, subject } : entry) }),
    ).toMatchObject({
      line: lineOfEntry(1),
      code: 'contradiction',
      message: expect.stringContaining('speaks of passkey ES256'),
    });
  });

  it('a signature by a passkey that was enrolled after it', () => {
    const late: ExportOptions['tell'] = (told) => [...told.slice(1), ...told.slice(0, 1)];
    expect(faultIn({ tell: late })).toMatchObject({
      line: lineOfEntry(6),
      code: 'contradiction',
      message: expect.stringContaining('passkey ES256'),
    });
    expect(verifyText(anExport({ tell: (told) => told.slice(1) }).text)).toMatchObject({
      verified: { unenrolled: 1 },
    });
  });

  it('a gate that was not passed, and a stage nobody moved to', () => {
    expect(
      faultIn({ edit: (kind, record) => (kind === 'review' ? { ...record, state: 'declined' } : record) }),
    ).toMatchObject({ code: 'contradiction', seq: 5 });
    expect(
      faultIn({
        edit: (kind, record) => (kind === 'stageChange' ? { ...record, to: 'production' } : record),
      }),
    ).toMatchObject({ code: 'contradiction', seq: 6 });
  });

  it('a record that the audit log does not know of', () => {
    // A signature under another id, put in by hand: the log speaks of the one that was given.
    const edit: ExportOptions['edit'] = (kind, record) =>
      kind === 'signature' ? { ...record, id: 'another' } : record;
    expect(faultIn({ edit })).toMatchObject({ line: lineOfEntry(4), code: 'contradiction' });
  });

  it('a record that stands behind entries, where the log could not speak of it', () => {
    const changed = [...lines];
    const at = lineOf('stageChange') - 1;
    changed[at] = lines[at + 1] ?? '';
    changed[at + 1] = lines[at] ?? '';
    expect(faultOf(joined(changed))).toMatchObject({ line: at + 2, code: 'reordered' });
  });
});
