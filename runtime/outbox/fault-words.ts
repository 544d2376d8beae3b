/** What goes wrong on the way to a receiver, by the code that Node or the mail client gives it, and what to do about it. */
const FAULTS: readonly (readonly [pattern: RegExp, words: string])[] = [
  [/ECONNREFUSED/, 'Nothing listens at that address. Start the receiver, or correct its address and port.'],
  [
    /ENOTFOUND|EDNS/,
    'The name of the receiver is not known. Correct its address, or make the name known to this machine.',
  ],
  [/EAI_AGAIN/, 'No name server answered. Check the network of this machine.'],
  [
    /EHOSTUNREACH|ENETUNREACH|EADDRNOTAVAIL/,
    'There is no way from this machine to that address. Check the network and the firewalls between.',
  ],
  [
    /ETIMEDOUT|ESOCKETTIMEDOUT/,
    'No connection came about in time. Check the address and the firewalls between.',
  ],
  [/CERT_HAS_EXPIRED/, 'The receiver’s certificate has expired. Renew it.'],
  [
    /ERR_TLS_CERT_ALTNAME_INVALID/,
    'The receiver’s certificate is for another name. Correct the address or the certificate.',
  ],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    'This machine does not trust who issued the receiver’s certificate. Have it issued by a known authority, or start with NODE_EXTRA_CA_CERTS naming that one’s file.',
  ],
  [
    /EPROTO|ERR_SSL/,
    'The receiver does not speak TLS there. Correct the port, or whether the address begins with http or https.',
  ],
  [/HPE_/, 'What answered does not speak HTTP. Correct the address and the port.'],
  [
    /ECONNRESET|ECONNABORTED|EPIPE/,
    'The receiver broke off the connection before it answered. Its log may say why.',
  ],
];

/** Why a receiver was not reached, in words for whoever has to mend it, with the code for those who look it up. */
export function faultWords(error: unknown): string {
  // Where a name has several addresses, each failed; the first stands for all.
  if (error instanceof AggregateError && error.errors.length > 0) return faultWords(error.errors[0]);
  if (!(error instanceof Error)) return String(error);
  const said = `${'code' in error && typeof error.code === 'string' ? error.code : ''} ${error.message}`;
  for (const [pattern, words] of FAULTS) {
    const code = pattern.exec(said)?.[0];
    if (code !== undefined)
      return `${words} (${/[A-Z_]*/.exec(said.slice(said.indexOf(code)))?.[0] ?? code})`;
  }
  return error.message === '' ? error.name : error.message;
}
