import { RelativeTime } from '@/components/ui/relative-time';
import { FactRows, Sheet } from '@/components/ui/sheet';
import { formatDate, plural } from '@/lib/format';
import type { AttestationDto } from '@/lib/services/gates/dto';

/** When the agent in production must be attested again. */
export function Attestation({ attestation }: { attestation: AttestationDto }) {
  const { inDays, overdue, dueOn, everyDays, lastAt } = attestation;
  return (
    <Sheet
      title={
        overdue
          ? `Attestation ${plural(-inDays, 'day')} overdue`
          : inDays === 0
            ? 'Attestation due today'
            : `Attestation in ${plural(inDays, 'day')}`
      }
      tone={overdue ? 'critical' : 'plain'}
    >
      <FactRows
        rows={[
          { name: 'Due', value: formatDate(`${dueOn}T12:00:00Z`, 'UTC') },
          { name: 'Every', value: plural(everyDays, 'day') },
          { name: 'Last attested', value: lastAt === null ? 'never' : <RelativeTime at={lastAt} /> },
        ]}
      />
    </Sheet>
  );
}
