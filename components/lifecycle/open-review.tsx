'use client';

import { useRouter } from 'next/navigation';
import { openAction } from '@/components/gates/actions';
import { reviewHref, versionName } from '@/components/gates/words';
import { ActionForm } from '@/components/ui/action-form';
import { Dialog, DialogActions } from '@/components/ui/dialog';
import { Textarea } from '@/components/ui/field';
import { toast } from '@/components/ui/toast';
import { plural } from '@/lib/format';
import { GATES } from '@/lib/lifecycle/gates';
import type { NextGateDto } from '@/lib/services/gates/dto';

/** Asks those who sign to come, with a message; leads to the gate's page. */
export function OpenReview({
  agent,
  next,
}: {
  agent: { name: string; displayName: string };
  /** The gate, the version it is about, and how many pieces of evidence are missing. */
  next: Pick<NextGateDto, 'gate' | 'question' | 'version' | 'missing'>;
}) {
  const router = useRouter();
  const { openDays } = GATES[next.gate];
  return (
    <Dialog
      trigger={`Send for ${next.gate}`}
      variant={next.missing === 0 ? 'primary' : 'default'}
      title={`Send ${agent.displayName} for ${next.gate}`}
      description={`${next.question} Those who sign are told at once, and reminded. It stays open for ${plural(openDays, 'day')}; you can withdraw it as long as it is open.`}
    >
      {(close) => (
        <ActionForm
          action={openAction}
          onDone={({ message, reveal }) => {
            close();
            toast(message);
            if (reveal !== undefined) router.push(reviewHref(reveal));
          }}
        >
          <input type="hidden" name="agent" value={agent.name} />
          <input type="hidden" name="gate" value={next.gate} />
          {next.version === null ? null : <input type="hidden" name="version" value={next.version.number} />}
          <Textarea
            name="message"
            label="Message"
            hint={`What those who sign should know${next.version === null ? '' : ` of ${versionName(next.version)}`}.`}
            maxLength={2000}
          />
          <DialogActions onCancel={close} confirm={`Send for ${next.gate}`} />
        </ActionForm>
      )}
    </Dialog>
  );
}
