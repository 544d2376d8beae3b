/** A request for a decision as agents send it, read without node:http. */
export interface PlainRequest {
  readonly runKey: string;
  /** Those that are read anywhere, by their names in lower case. */
  readonly headers: Readonly<Record<ReadHeader, string | undefined>>;
  /** Parsed from JSON. */
  readonly body: unknown;
}
type ReadHeader = 'authorization' | 'x-api-key' | 'idempotency-key' | 'x-forwarded-for';

/** Larger requests are read by node:http. */
const MAX_HEAD_BYTES = 8 * 1024;
const MAX_REQUEST_BYTES = 64 * 1024;

const HEAD_END = '\r\n\r\n';
const BEGINNING = 'POST /v1/runs/';
/** A run key that needs no decoding; headers of printable ASCII, one a line. */
const HEAD =
  /^POST \/v1\/runs\/([\w.~:@-]{1,256})\/decisions HTTP\/1\.1\r\n((?:[\w!#$%&'*+.^`|~-]+:[\t\x20-\x7e]*\r\n)+)\r\n$/;
const LENGTH = /^\d{1,5}$/;
const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;
/** What the router's own parser refuses in JSON is left to it: names that would reach a prototype, escaped ones too. */
const UNSAFE_JSON = /__proto__|constructor|\\u00[4-7]/;

/** Headers that change what a request or its connection is. */
const UNUSUAL = new Set([
  'content-encoding',
  'expect',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/**
 * Reads what came on a connection as one request for a decision. Understands only what is plain beyond doubt: all else, and
 * all that is wrong, is `unusual` and left to node:http and the router, which know every form and say what is wrong.
 *
 * @returns `unfinished` when it is the beginning of such a request
 */
export function readRequest(bytes: Buffer): PlainRequest | 'unfinished' | 'unusual' {
  if (bytes.length > MAX_REQUEST_BYTES) return 'unusual';
  const text = bytes.toString('latin1');
  const end = text.indexOf(HEAD_END);
  if (end < 0) return isBeginning(text) ? 'unfinished' : 'unusual';
  const length = end + HEAD_END.length;
  // Not as a part of the text, which would keep all of it.
  const head = known.get(text.slice(0, length)) ?? learn(bytes.toString('latin1', 0, length));
  if (head === null) return 'unusual';
  const missing = length + head.bodyLength - bytes.length;
  if (missing > 0) return length + head.bodyLength > MAX_REQUEST_BYTES ? 'unusual' : 'unfinished';
  // Less than nothing is missing: the next request is there before this one was answered.
  if (missing < 0) return 'unusual';
  const json = bytes.toString('utf8', length);
  if (UNSAFE_JSON.test(json)) return 'unusual';
  try {
    return { runKey: head.runKey, headers: head.headers, body: JSON.parse(json) };
  } catch {
    return 'unusual';
  }
}

/** What the head of a request says. */
interface Head extends Pick<PlainRequest, 'runKey' | 'headers'> {
  readonly bodyLength: number;
}

/** What was read of heads, by their text: agents send the same again and again. */
const known = new Map<string, Head>();
const MAX_KNOWN = 2048;

function learn(text: string): Head | null {
  const head = readHead(text);
  if (head !== null) {
    if (known.size === MAX_KNOWN) known.clear();
    known.set(text, head);
  }
  return head;
}

/** Null when it is not plain. */
function readHead(text: string): Head | null {
  if (text.length > MAX_HEAD_BYTES) return null;
  const [, runKey, lines] = HEAD.exec(text) ?? [];
  if (runKey === undefined || lines === undefined) return null;
  const headers = readHeaders(lines);
  return headers === null ? null : { runKey, headers: headers.read, bodyLength: headers.length };
}

/** Whether more bytes could make a whole head of it. */
function isBeginning(text: string): boolean {
  if (text.length > MAX_HEAD_BYTES) return false;
  return text.length < BEGINNING.length ? BEGINNING.startsWith(text) : text.startsWith(BEGINNING);
}

/** Null when one of them is not plain, comes twice, or is missing. */
function readHeaders(lines: string): { length: number; read: PlainRequest['headers'] } | null {
  let host: string | undefined;
  let contentLength: string | undefined;
  let contentType: string | undefined;
  let connection: string | undefined;
  let authorization: string | undefined;
  let ownKey: string | undefined;
  let idempotencyKey: string | undefined;
  let forwardedFor: string | undefined;
  for (let at = 0; at < lines.length; ) {
    const colon = lines.indexOf(':', at);
    const end = lines.indexOf('\r\n', colon);
    const name = lines.slice(at, colon).toLowerCase();
    const value = lines.slice(colon + 1, end).trim();
    at = end + 2;
    switch (name) {
      case 'host':
        if (host !== undefined) return null;
        host = value;
        break;
      case 'content-length':
        if (contentLength !== undefined) return null;
        contentLength = value;
        break;
      case 'content-type':
        if (contentType !== undefined) return null;
        contentType = value;
        break;
      case 'connection':
        if (connection !== undefined) return null;
        connection = value;
        break;
      case 'authorization':
        if (authorization !== undefined) return null;
        authorization = value;
        break;
      case 'x-api-key':
        if (ownKey !== undefined) return null;
        ownKey = value;
        break;
      case 'idempotency-key':
        if (idempotencyKey !== undefined) return null;
        idempotencyKey = value;
        break;
      case 'x-forwarded-for':
        if (forwardedFor !== undefined) return null;
        forwardedFor = value;
        break;
      default:
        if (UNUSUAL.has(name)) return null;
    }
  }
  if (host === undefined || contentLength === undefined || contentType === undefined) return null;
  if (!LENGTH.test(contentLength) || !JSON_TYPE.test(contentType)) return null;
  if (connection !== undefined && connection.toLowerCase() !== 'keep-alive') return null;
  return {
    length: Number(contentLength),
    read: {
      authorization,
      'x-api-key': ownKey,
      'idempotency-key': idempotencyKey,
      'x-forwarded-for': forwardedFor,
    },
  };
}
