import { expect, test } from 'vitest';
import { isUnreachable } from './errors';

const coded = (code: string, message = 'failed') => Object.assign(new Error(message), { code });

test('a database that refuses, vanishes, shuts down or has no place left is away, however the driver says so', () => {
  for (const error of [
    coded('ECONNREFUSED'),
    coded('57P01', 'terminating connection due to administrator command'),
    coded('53300', 'sorry, too many clients already'),
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
