import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { faultWords } from './fault-words';

const coded = (code: string, message = `connect ${code} 127.0.0.1:9`) =>
  Object.assign(new Error(message), { code });

test.each([
  ['ECONNREFUSED', 'Nothing listens at that address. Start the receiver'],
  ['ENOTFOUND', 'The name of the receiver is not known.'],
  ['ETIMEDOUT', 'No connection came about in time.'],
  ['ECONNRESET', 'The receiver broke off the connection'],
  ['CERT_HAS_EXPIRED', 'certificate has expired. Renew it.'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'does not trust who issued'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for another name'],
  ['HPE_INVALID_CONSTANT', 'does not speak HTTP'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'does not speak TLS there'],
])('what Node calls %s is told in words, with what to do and the code at the end', (code, words) => {
  const told = faultWords(coded(code));
  expect(told).toContain(words);
  expect(told).toMatch(new RegExp(`\\. \\(${code}\\)$`));
});

test('a name with several addresses, none of which answers, is told by the first', () => {
  const all = new AggregateError([coded('ECONNREFUSED'), coded('ECONNREFUSED')], '');
  expect(faultWords(all)).toMatch(/^Nothing listens at that address/);
});

test('a mail client that hides the code in its message is understood too', () => {
  expect(faultWords(coded('ESOCKET', 'connect ECONNREFUSED ::1:25'))).toMatch(/\(ECONNREFUSED\)$/);
});

test('whatever else went wrong keeps its own words', () => {
  expect(faultWords(new Error('No answer within 15 s.'))).toBe('No answer within 15 s.');
  expect(faultWords(coded('EAUTH', '535 Authentication failed'))).toBe('535 Authentication failed');
  expect(faultWords('odd')).toBe('odd');
});

test('a port that nobody listens on any more is told as that', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('It has no port.');
  const error = await new Promise((resolve) => connect(address.port, '127.0.0.1').on('error', resolve));
  expect(faultWords(error)).toMatch(/^Nothing listens at that address.* \(ECONNREFUSED\)$/);
});
