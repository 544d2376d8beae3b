import { formatCount, plural } from '@/lib/format';
import type { SignerHabit } from '@/lib/services/gates/dto';

/** Whether signatures are given after reading, in one line. */
export function signerReading(habits: readonly SignerHabit[]): string {
  const signed = habits.reduce((sum, each) => sum + each.signed, 0);
  const unread = habits.reduce((sum, each) => sum + each.unread, 0);
  if (signed === 0) return 'Nobody has signed yet';
  const remarked = habits.filter((habit) => habitReading(habit) !== null).length;
  if (unread === 0)
    return remarked === 0
      ? `No rubber stamp among ${plural(signed, 'signature')}`
      : `None of ${plural(signed, 'signature')} was given unread; ${plural(remarked, 'signer')} to look at`;
  return `${formatCount(unread)} of ${plural(signed, 'signature')} ${unread === 1 ? 'was' : 'were'} given unread`;
}

/** What a person's figures mean, in words; null when there is nothing to remark. */
export function habitReading(habit: SignerHabit): string | null {
  const { signed, declined, unread, opened, medianSeconds } = habit;
  if (signed === 0) return declined > 0 ? 'Has only declined so far.' : null;
  if (unread === signed && signed > 1) return 'Signs everything unread.';
  if (unread > 0) return `Signed ${unread === 1 ? 'once' : plural(unread, 'time')} unread.`;
  if (opened === 0) return 'Reads the page, and opens no evidence.';
  if (signed + declined >= 5 && declined === 0 && (medianSeconds ?? 0) < 60)
    return 'Has never declined, and takes under a minute.';
  return null;
}
