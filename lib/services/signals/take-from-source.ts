import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import { db } from '@/lib/db/pool';
import { AppError } from '@/lib/errors';
import { jsonReader, signalMappingSchema } from '@/lib/scoring/signal-mapping';
import { unseal } from '@/lib/services/sealing/seal';
import { mapRecord } from './map-records';
import { MOST_SIGNALS, type SignalAnswer } from './record-signals';
import { type SignalInput, storable } from './signal-input';
import { recordAnew, summed, type TakenSignals } from './take-signals';

const sourceRow = z.object({
  id: z.string(),
  workspace_id: z.string(),
  sealed_secret: z.string(),
  kind: z.string(),
  mapping: z.unknown(),
  is_further: z.boolean(),
});

/** A signature older than this, or from further ahead, is no longer taken. */
const SIGNED_WITHIN_MS = 5 * 60_000;
/** What base64 makes of a secret in words may be next to nothing: nobody signs by that. */
const LEAST_KEY_BYTES = 12;
const failures = new RateLimiterMemory({ points: 30, duration: 60 });

/** What was taken, with how many records said nothing that could be counted. */
export interface TakenFromSource extends TakenSignals {
  skipped: number;
}

/**
 * Takes what a connected system posted: signed with the secret of the source (Standard Webhooks, Zendesk's own signature) or
 * presenting it as a bearer token, and read by its mapping. One record, a list of them, or a list under `records`, `result` or
 * `signals`. What could not be read is told in the answer and kept beside the source for people to see.
 *
 * Throws `not_found` for an unknown source, `invalid_key` for a wrong signature, `invalid` for what is not JSON.
 */
export async function takeFromSource(request: {
  key: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
  address: string;
}): Promise<TakenFromSource> {
  const seen = await failures.get(request.address);
  if (seen !== null && seen.consumedPoints >= 30)
    throw new AppError('rate_limited', 'Too many wrong signatures from this address. Wait, then try again.', {
      retryAfterSeconds: Math.max(1, Math.ceil(seen.msBeforeNext / 1000)),
    });
  const { rows } = await db().query(
    `SELECT s.id, s.workspace_id, s.sealed_secret, s.kind, s.mapping, EXISTS (
         SELECT FROM signal_source o WHERE o.workspace_id = s.workspace_id AND o.kind = s.kind AND o.id < s.id
            AND (o.revoked_at IS NULL OR o.revoked_at > s.created_at)) AS is_further
       FROM signal_source s WHERE s.key = $1 AND s.revoked_at IS NULL`,
    [request.key],
  );
  const source = sourceRow.safeParse(rows[0]);
  const now = new Date();
  if (
    !source.success ||
    !isSigned(unseal('signal-source', source.data.sealed_secret, source.data.id), request, now)
  ) {
    await failures.penalty(request.address);
    // An unknown source and a wrong signature read alike: keys of sources are not to be tried out.
    throw new AppError(
      'invalid_key',
      'There is no such source, or what was sent is not signed with its secret. See docs/signals.md.',
    );
  }
  const { id, workspace_id: workspaceId, kind, mapping, is_further: isFurther } = source.data;
  const records = recordsOf(request.body);
  const taken = await take(
    { kind: 'system', workspaceId },
    records,
    signalMappingSchema.parse(mapping),
    // Two systems of one kind number their records alike. The first one's ids stay bare: files it exports bring the same.
    { kind, prefix: isFurther ? `${request.key}:` : '' },
    now,
  );
  const refused = taken.signals.find(({ result }) => result === 'refused')?.reason;
  const refusal = refused == null ? null : storable(refused);
  await db().query(
    `UPDATE signal_source SET last_at = $2, last_refusal = COALESCE($3, last_refusal),
       last_refusal_at = CASE WHEN $3::text IS NULL THEN last_refusal_at ELSE $2 END WHERE id = $1`,
    [id, now, refusal],
  );
  return taken;
}

async function take(
  actor: { kind: 'system'; workspaceId: string },
  records: readonly unknown[],
  mapping: z.output<typeof signalMappingSchema>,
  { kind, prefix }: { kind: string; prefix: string },
  now: Date,
): Promise<TakenFromSource> {
  const inputs: SignalInput[] = [];
  const places: number[] = [];
  const answers: SignalAnswer[] = [];
  let skipped = 0;
  records.forEach((record, index) => {
    const mapped = mapRecord(jsonReader(record), mapping);
    if ('skipped' in mapped) skipped += 1;
    else if ('reason' in mapped)
      answers.push({
        index,
        id: null,
        result: 'refused',
        reason: mapped.reason,
        waitsFor: null,
        clause: null,
      });
    else {
      const { externalId } = mapped.input;
      inputs.push({
        ...mapped.input,
        ...(externalId === undefined ? {} : { externalId: `${prefix}${externalId}` }),
      });
      places.push(index);
    }
  });
  const answered = await recordAnew(actor, inputs, { source: kind, now });
  answers.push(...answered.map((each) => ({ ...each, index: places[each.index] ?? each.index })));
  return { ...summed(answers.sort((a, b) => a.index - b.index)), skipped };
}

function recordsOf(body: Buffer): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8').replace(/^\ufeff/, ''));
  } catch {
    throw new AppError('invalid', 'The body is not JSON.');
  }
  const under = jsonList(value, ['records', 'result', 'signals']);
  const records = Array.isArray(value) ? value : (under ?? [value]);
  if (records.length > MOST_SIGNALS)
    throw new AppError(
      'too_large',
      `A request may bring ${MOST_SIGNALS.toLocaleString('en')} records. Send several.`,
    );
  return records;
}

function jsonList(value: unknown, names: readonly string[]): unknown[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const members = new Map<string, unknown>(Object.entries(value));
  for (const name of names) {
    const list = members.get(name);
    if (Array.isArray(list)) return list;
  }
  return null;
}

/** Whether a request proves to know the secret, in any of the ways such systems have. */
function isSigned(
  secret: string,
  { headers, body }: { headers: IncomingHttpHeaders; body: Buffer },
  now: Date,
): boolean {
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const fresh = (at: number) => Math.abs(now.getTime() - at) <= SIGNED_WITHIN_MS;

  const [id, stamp, signatures] = [
    header('webhook-id'),
    header('webhook-timestamp'),
    header('webhook-signature'),
  ];
  if (id !== undefined && stamp !== undefined && signatures !== undefined) {
    if (key.length < LEAST_KEY_BYTES) return false;
    const signed = createHmac('sha256', key).update(`${id}.${stamp}.`).update(body).digest('base64');
    return fresh(Number(stamp) * 1000) && signatures.split(' ').some((each) => same(each, `v1,${signed}`));
  }
  const [zendeskSignature, zendeskStamp] = [
    header('x-zendesk-webhook-signature'),
    header('x-zendesk-webhook-signature-timestamp'),
  ];
  if (zendeskSignature !== undefined && zendeskStamp !== undefined) {
    // Zendesk makes the secret itself, and signs with its characters.
    const signed = createHmac('sha256', secret).update(zendeskStamp).update(body).digest('base64');
    return fresh(Date.parse(zendeskStamp)) && same(zendeskSignature, signed);
  }
  const bearer = /^Bearer +(\S+) *$/i.exec(header('authorization') ?? '')?.[1];
  return bearer !== undefined && same(bearer, secret);
}

function same(given: string, wanted: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
}
