import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { config } from '@/lib/config';

/**
 * The one-time link by which a person sets their password. Nothing is stored: the token is signed over the person's
 * present password hash (or that there is none), so the first use makes every link before it invalid.
 */
const LIFETIME_MS = 3 * 24 * 60 * 60 * 1000;
const payloadSchema = z.object({ personId: z.uuid(), expiresAt: z.int() });

function signature(payload: string, passwordHash: string | null): Buffer {
  return createHmac('sha256', config().secret)
    .update(`set-password\n${payload}\n${passwordHash ?? ''}`)
    .digest();
}

/** A link that works once, for three days. The token stands after `#`: browsers send it to no server and no log. */
export function makePasswordLink(
  personId: string,
  passwordHash: string | null,
  now: number,
): { url: string; expiresAt: string } {
  const expiresAt = now + LIFETIME_MS;
  const payload = Buffer.from(JSON.stringify({ personId, expiresAt })).toString('base64url');
  const token = `${payload}.${signature(payload, passwordHash).toString('base64url')}`;
  return {
    url: `${config().dashboardUrl}/set-password#${token}`,
    expiresAt: new Date(expiresAt).toISOString(),
  };
}

/** Whom a token speaks of, not yet believed: `isGenuine` needs their stored hash. Null for anything malformed. */
export function readPasswordToken(token: string): {
  personId: string;
  expiresAt: number;
  isGenuine: (passwordHash: string | null) => boolean;
} | null {
  const [payload, mac, ...rest] = token.split('.');
  if (payload === undefined || mac === undefined || rest.length > 0) return null;
  try {
    const { personId, expiresAt } = payloadSchema.parse(
      JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')),
    );
    const given = Buffer.from(mac, 'base64url');
    return {
      personId,
      expiresAt,
      isGenuine(passwordHash) {
        const wanted = signature(payload, passwordHash);
        return given.length === wanted.length && timingSafeEqual(given, wanted);
      },
    };
  } catch {
    return null;
  }
}
