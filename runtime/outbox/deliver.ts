import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { LeasedPost } from '@/lib/services/outbox/lease';
import type { AttemptOutcome } from '@/lib/services/outbox/record-attempt';
import { unseal } from '@/lib/services/sealing/seal';
import { parseWebhookUrl } from '@/lib/services/webhooks/guard-url';
import { answered, explain, post, unanswered } from './post';

const TIMEOUT_MS = 15_000;

/** Posts one message to its endpoint, as its kind wants it. Never throws: whatever happened is the outcome. */
export async function deliver(message: LeasedPost, timeoutMs = TIMEOUT_MS): Promise<AttemptOutcome> {
  try {
    return await SENDERS[message.channel](message, timeoutMs);
  } catch (error) {
    return unanswered(error);
  }
}

const SENDERS = { webhook: toWebhook, slack: toSlack, pagerduty: toPagerDuty };

/** Signed as Standard Webhooks says: `webhook-id` is the row's id and the same on every attempt, the timestamp is of now. */
async function toWebhook(message: LeasedPost, timeoutMs: number): Promise<AttemptOutcome> {
  const now = new Date();
  const secret = unseal('webhook', message.sealedSecret, message.endpointId);
  const answer = await post(
    parseWebhookUrl(message.url),
    {
      ...jsonHeaders(message.body),
      'webhook-id': message.id,
      'webhook-timestamp': Math.floor(now.getTime() / 1000).toString(),
      'webhook-signature': new Webhook(secret).sign(message.id, now, message.body),
    },
    message.body,
    timeoutMs,
  );
  return answered(answer, answer.status >= 200 && answer.status < 300);
}

/** Slack says "ok" when it has taken a message, and why when it never will. */
async function toSlack(message: LeasedPost, timeoutMs: number): Promise<AttemptOutcome> {
  const url = parseWebhookUrl(unseal('slack', message.sealedSecret, message.endpointId));
  const answer = await post(url, jsonHeaders(message.body), message.body, timeoutMs);
  if (answer.status === 200)
    return answer.text.trim() === 'ok'
      ? answered(answer, true)
      : answered(
          answer,
          false,
          `${explain(200, answer.text)} A message that was taken is answered with "ok".`,
        );
  return { ...answered(answer, false), final: [400, 403, 404, 410].includes(answer.status) };
}

const pagerDutyAnswerSchema = z.object({ status: z.literal('success') });

/** PagerDuty answers 202 and says "success" when it has taken an event; 400 when it never will. */
async function toPagerDuty(message: LeasedPost, timeoutMs: number): Promise<AttemptOutcome> {
  const body = JSON.stringify({
    routing_key: unseal('pagerduty', message.sealedSecret, message.endpointId),
    ...z.looseObject({}).parse(JSON.parse(message.body)),
  });
  const answer = await post(parseWebhookUrl(message.url), jsonHeaders(body), body, timeoutMs);
  if (answer.status === 202)
    return pagerDutyAnswerSchema.safeParse(parsed(answer.text)).success
      ? answered(answer, true)
      : answered(
          answer,
          false,
          `${explain(202, answer.text)} An event that was taken is answered with "success".`,
        );
  return { ...answered(answer, false), final: answer.status === 400 };
}

function jsonHeaders(body: string): Record<string, string | number> {
  return {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'user-agent': 'Countersign-Webhooks/1',
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
