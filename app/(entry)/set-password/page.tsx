import type { Metadata } from 'next';
import { SetPassword } from '@/components/people/set-password';

export const metadata: Metadata = { title: 'Set your password' };

export default function SetPasswordPage() {
  return (
    <div className="grid max-w-sm gap-6">
      <h1 className="text-xl font-semibold tracking-[-0.01em]">Set your password</h1>
      <SetPassword />
    </div>
  );
}
