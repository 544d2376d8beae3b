/** The API key as it was sent: `Authorization: Bearer <key>`, or `x-api-key: <key>` where that is all a client can set. */
export function presentedKey({ headers }: Presenting): string | undefined {
  const own = headers['x-api-key'];
  return typeof own === 'string' && headers.authorization === undefined
    ? `Bearer ${own}`
    : headers.authorization;
}

/** A request, whoever read it. */
export interface Presenting {
  readonly headers: {
    readonly authorization?: string | undefined;
    readonly 'x-api-key'?: string | string[] | undefined;
  };
}
