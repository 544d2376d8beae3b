import { expect, test } from 'vitest';
import { isUnreachable } from './errors';

const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

test('a database that refuses, vanishes, shuts down, has no place left or keeps a statement waiting is away, however the driver says so', () => {
  for (const error of [
    coded('ECONNREFUSED'),
    coded('57P01', 'terminating connection due to administrator command'),
    coded('53300', 'sorry, too many clients already'),
    coded('57014', 'canceling statement due to statement timeout'),
    coded('55P03', 'canceling statement due to lock timeout'),
    coded('P1001', "Can't reach database server at 127.0.0.1:5432"),
    new Error('timeout exceeded when trying to connect'),
    new Error('Connection terminated unexpectedly'),
    new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')]),
    new Error('Invalid invocation', { cause: coded('ECONNRESET') }),
  ])
    expect(isUnreachable(error), error.message).toBe(true);
});

test('a fault of a statement is no sign that the database is away', () => {
  for (const error of [
    coded('23505', 'duplicate key'),
    coded('42P01'),
    new Error('boom'),
    null,
    'ECONNREFUSED',
  ])
    expect(isUnreachable(error)).toBe(false);
});
