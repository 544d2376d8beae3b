import { describe, expect, it } from 'vitest';
import { habitReading, signerReading } from './signer-reading';

const habit = (over: Partial<Parameters<typeof habitReading>[0]>) => ({
  person: { id: 'p', name: 'Petra Haas' },
  roles: [],
  signed: 4,
  declined: 1,
  agreement: 1,
  medianSeconds: 240,
  opened: 0.8,
  unread: 0,
  lastAt: null,
  ...over,
});

describe('what the table of signers says', () => {
  it('counts signatures that were given unread', () => {
    expect(signerReading([])).toBe('Nobody has signed yet');
    expect(signerReading([habit({})])).toBe('No rubber stamp among 4 signatures');
    expect(signerReading([habit({ unread: 1 }), habit({ signed: 2 })])).toBe(
      '1 of 6 signatures was given unread',
    );
    expect(signerReading([habit({ opened: 0 }), habit({})])).toBe(
      'None of 8 signatures was given unread; 1 signer to look at',
    );
  });

  it('says what is odd about one signer, and nothing of one who reads', () => {
    expect(habitReading(habit({}))).toBeNull();
    expect(habitReading(habit({ unread: 4 }))).toBe('Signs everything unread.');
    expect(habitReading(habit({ unread: 1 }))).toBe('Signed once unread.');
    expect(habitReading(habit({ opened: 0 }))).toBe('Reads the page, and opens no evidence.');
    expect(habitReading(habit({ signed: 6, declined: 0, medianSeconds: 40 }))).toBe(
      'Has never declined, and takes under a minute.',
    );
    expect(habitReading(habit({ signed: 0 }))).toBe('Has only declined so far.');
  });
});
