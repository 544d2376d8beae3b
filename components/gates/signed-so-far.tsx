import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import { formatList } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { ReviewDetail, RoleDto, SignatureDto } from '@/lib/services/gates/dto';
import { OnBehalf, SignatureButton } from './signature';

/** Who has signed this gate and whom it waits for, and who signed the same version at other gates. */
export function SignedSoFar({ review }: { review: ReviewDetail }) {
  const signed = review.roles.filter(({ signature }) => signature !== null).length;
  return (
    <Sheet title="Signed so far" label={`${signed} of ${review.roles.length} at ${review.gate}`}>
      <ul className="text-sm">
        {review.roles.map((role) => (
          <Line key={role.role}>
            {role.signature === null ? (
              <Awaited role={role} open={review.state === 'open'} />
            ) : (
              <Signed signature={role.signature} gate={review.gate} />
            )}
          </Line>
        ))}
        {review.signedBefore.map((signature) => (
          <Line key={signature.id}>
            <Signed signature={signature} gate={signature.gate} />
          </Line>
        ))}
        {review.earlier?.signatures.map((signature) => (
          <Line key={signature.id}>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <s className="text-ink-2">
                <SignatureButton id={signature.id} by={signature.person.name}>
                  {signature.person.name}
                </SignatureButton>{' '}
                as {ROLE_IN_WORDS[signature.role]}
              </s>
              <span className="block text-ink-2">
                {review.gate} of v{review.earlier?.version.label}, superseded here
              </span>
            </span>
            <span className="flex-none text-ink-2">
              <RelativeTime at={signature.signedAt} />
            </span>
          </Line>
        ))}
      </ul>
    </Sheet>
  );
}

function Line({ children }: { children: React.ReactNode }) {
  return (
    <li className="flex items-start justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0">
      {children}
    </li>
  );
}

function Signed({ signature, gate }: { signature: SignatureDto; gate: string }) {
  return (
    <>
      <span className="min-w-0">
        <SignatureButton
          id={signature.id}
          by={signature.person.name}
          look="text-left font-semibold hover:underline"
        >
          {signature.person.name}
        </SignatureButton>
        <span className="block text-xs text-ink-2">
          {ROLE_IN_WORDS[signature.role]} · {gate}
          <OnBehalf signature={signature} />
        </span>
        {signature.note === null ? null : (
          <span className="mt-0.5 block whitespace-pre-wrap text-ink-2 [overflow-wrap:anywhere]">
            {signature.note}
          </span>
        )}
      </span>
      <span className="flex-none text-ink-2">
        <RelativeTime at={signature.signedAt} />
      </span>
    </>
  );
}

function Awaited({ role, open }: { role: RoleDto; open: boolean }) {
  const who = role.may.map(({ person, onBehalfOf }) =>
    onBehalfOf === null ? person.name : `${person.name} for ${onBehalfOf.name}`,
  );
  return (
    <>
      <span className="min-w-0">
        <span className="font-medium">{role.title}</span>
        <span className={`block text-xs ${role.nobody === null ? 'text-ink-2' : 'text-medium'}`}>
          {role.nobody ?? formatList(who).replace(/ and (?=[^,]*$)/, ' or ')}
        </span>
      </span>
      <span className="flex-none text-ink-2">{open ? 'awaited' : 'not signed'}</span>
    </>
  );
}
