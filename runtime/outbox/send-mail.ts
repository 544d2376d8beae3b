import { createTransport, type Transporter } from 'nodemailer';
import { z } from 'zod';
import { config } from '@/lib/config';
import type { LeasedMail } from '@/lib/services/outbox/lease';
import type { AttemptOutcome } from '@/lib/services/outbox/record-attempt';
import { faultWords } from './fault-words';

const TIMEOUTS = { connectionTimeout: '15000', greetingTimeout: '15000', socketTimeout: '15000' };
const MAX_ERROR_CHARS = 500;

const bodySchema = z.object({ subject: z.string(), text: z.string(), html: z.string() });
/** What nodemailer adds to the errors it throws. */
const faultSchema = z.object({ message: z.string(), responseCode: z.int().optional() });

let transport: { url: string; to: Transporter } | undefined;

/**
 * Hands one message to the mail server. Its Message-ID is the row's id, the same on every attempt, so that a receiver can
 * tell a repetition. Never throws: whatever happened is the outcome. A 5xx answer to the recipient is final (RFC 5321, 4.2.1).
 */
export async function sendMail(message: LeasedMail): Promise<AttemptOutcome> {
  const { smtp, dashboardUrl } = config();
  if (smtp === null)
    return { status: null, error: 'COUNTERSIGN_SMTP_URL is not set any more.', retryAfterMs: null };
  try {
    const mail = bodySchema.parse(JSON.parse(message.body));
    await transportTo(smtp.url).sendMail({
      ...mail,
      from: { name: 'Countersign', address: smtp.from },
      to: message.recipient,
      messageId: `<${message.id}@${new URL(dashboardUrl).hostname}>`,
      // Nobody answers to a machine; nor should an absence note.
      headers: { 'Auto-Submitted': 'auto-generated' },
    });
    return { status: 250, error: null, retryAfterMs: null };
  } catch (error) {
    const fault = faultSchema.safeParse(error);
    const status = fault.success ? (fault.data.responseCode ?? null) : null;
    return {
      status,
      // What the server answered is said in its words.
      error: (status === null ? faultWords(error) : (fault.data?.message ?? '')).slice(0, MAX_ERROR_CHARS),
      retryAfterMs: null,
      final: status !== null && status >= 550 && status < 560,
    };
  }
}

/** One transport an address, so that connections are kept between messages. */
function transportTo(url: string): Transporter {
  if (transport?.url === url) return transport.to;
  transport?.to.close();
  // Settings that nodemailer takes from the address; what an operator wrote there comes first.
  const address = new URL(url);
  for (const [name, value] of Object.entries({ pool: 'true', maxConnections: '4', ...TIMEOUTS }))
    if (!address.searchParams.has(name)) address.searchParams.set(name, value);
  const to = createTransport(address.href);
  transport = { url, to };
  return to;
}

/** Closes connections to the mail server that are kept for the next message. */
export function closeMail(): void {
  transport?.to.close();
  transport = undefined;
}
