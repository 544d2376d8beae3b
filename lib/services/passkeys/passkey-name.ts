import { z } from 'zod';

/** What its owner calls a passkey. */
export const passkeyNameSchema = z
  .string()
  .trim()
  .min(1, 'What do you call it?')
  .max(60, 'At most 60 characters.');
