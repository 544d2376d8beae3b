import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AttemptOutcome } from '@/lib/services/outbox/record-attempt';
import { parseRetryAfter } from '@/lib/services/outbox/retry-schedule';
import { guardedLookup } from '@/lib/services/webhooks/guard-url';
import { faultWords } from './fault-words';

/** What a receiver says besides its status is only for people to read. */
const MAX_ANSWER_BYTES = 16 * 1024;
const MAX_ERROR_CHARS = 500;

/** What a receiver answered; `text` is its beginning. */
interface Answer {
  status: number;
  text: string;
  retryAfter: string | undefined;
}

/** The outcome of an attempt that was answered. `said` stands for the answer where it is no delivery. */
export function answered(
  answer: Answer,
  ok: boolean,
  said = explain(answer.status, answer.text),
): AttemptOutcome {
  return {
    status: answer.status,
    error: ok ? null : said.slice(0, MAX_ERROR_CHARS),
    retryAfterMs:
      answer.status === 429 || answer.status === 503 ? parseRetryAfter(answer.retryAfter, new Date()) : null,
  };
}

/** The outcome of an attempt that got no answer. */
export function unanswered(error: unknown): AttemptOutcome {
  return {
    status: null,
    error: faultWords(error).slice(0, MAX_ERROR_CHARS),
    retryAfterMs: null,
  };
}

/** What was answered, in words. */
export function explain(status: number, text: string): string {
  const said = printable(text);
  const note = status >= 300 && status < 400 ? ' Redirects are not followed.' : '';
  return `Answered ${status}.${note}${said === '' ? '' : ` It said: ${said}`}`.slice(0, MAX_ERROR_CHARS);
}

/** Control characters would not survive the database or a screen. */
function printable(text: string): string {
  return text.replace(/[\p{C}\s]+/gu, ' ').trim();
}

/** Posts a body to an address that is judged when the connection is made. Redirects are not followed. */
export function post(
  url: URL,
  headers: Record<string, string | number>,
  body: string,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const request = send(url, {
      method: 'POST',
      headers,
      // A connection of its own: a kept one might have died, and the address is judged anew each time.
      agent: false,
      lookup: guardedLookup,
    });
    // One deadline over everything: name, connection, headers and a body that trickles.
    const deadline = setTimeout(() => {
      const late = new Error(`No answer within ${timeoutMs / 1000} s.`);
      // Not by the request's "error" alone: one whose socket is gone emits none.
      reject(late);
      request.destroy(late);
    }, timeoutMs);
    request.on('error', (error) => {
      clearTimeout(deadline);
      reject(error);
    });
    request.on('upgrade', (response, socket) => {
      clearTimeout(deadline);
      socket.destroy();
      reject(
        new Error(`Answered ${response.statusCode ?? 101}: it wants another protocol, which is not spoken.`),
      );
    });
    request.on('response', (response) => {
      read(response).then(
        (text) => {
          clearTimeout(deadline);
          resolve({ status: response.statusCode ?? 0, text, retryAfter: response.headers['retry-after'] });
        },
        (error: unknown) => {
          clearTimeout(deadline);
          reject(error);
        },
      );
    });
    request.end(body);
  });
}

/** The beginning of the answer's body; the rest is not fetched. */
async function read(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const piece: Buffer = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    chunks.push(piece);
    bytes += piece.length;
    if (bytes >= MAX_ANSWER_BYTES) {
      response.destroy();
      break;
    }
  }
  return Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8');
}
