import type { Metadata } from 'next';
import { LoginBack } from '@/components/signing/login-back';
import { LOGIN_FAULTS } from '@/lib/services/signing/fresh-login';

export const metadata: Metadata = { title: 'Confirmed' };

/** What the window of a fresh login shows last; it closes itself. */
export default async function ConfirmedPage({
  searchParams,
}: {
  searchParams: Promise<{ challenge?: string | string[]; fault?: string | string[] }>;
}) {
  const { challenge, fault } = await searchParams;
  const known = Object.entries(LOGIN_FAULTS).find(([name]) => name === fault);
  return (
    <LoginBack
      challengeId={typeof challenge === 'string' ? challenge : null}
      fault={fault === undefined ? null : (known?.[1] ?? LOGIN_FAULTS.invalid)}
    />
  );
}
