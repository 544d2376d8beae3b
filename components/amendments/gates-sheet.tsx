import Link from 'next/link';
import { SignatureButton } from '@/components/gates/signature';
import { makeHref, reviewHref, versionName } from '@/components/gates/words';
import { OpenReview } from '@/components/lifecycle/open-review';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { Tag, type Tone } from '@/components/ui/tag';
import { formatList, plural } from '@/lib/format';
import { ROLE_IN_WORDS } from '@/lib/lifecycle/may-sign';
import type { AmendmentDetail, AmendmentGateDto } from '@/lib/services/amendments/dto';
import type { RoleDto } from '@/lib/services/gates/dto';

const STATES: Readonly<Record<AmendmentGateDto['state'], { word: string; tone: Tone }>> = {
  passed: { word: 'passed', tone: 'low' },
  open: { word: 'open', tone: 'accent' },
  due: { word: 'next', tone: 'medium' },
  ahead: { word: 'after that', tone: 'plain' },
};

/** Who must sign what again, gate by gate, and what was signed before and counts no more. */
export function GatesSheet({ amendment }: { amendment: AmendmentDetail }) {
  const { gates, holding, route, agent, version } = amendment;
  if (route === null) return null;
  const passed = gates.filter((gate) => gate.state === 'passed').length;
  return (
    <Sheet title="Who signs again" label={`${passed} of ${plural(gates.length, 'gate')} passed`}>
      <ol className="text-sm">
        {gates.map((gate) => (
          <Gate key={gate.gate} gate={gate} amendment={amendment} />
        ))}
      </ol>
      {holding.length === 0 ? null : (
        <SheetFoot>
          {formatList(holding)} {holding.length === 1 ? 'holds' : 'hold'} from before: nothing that changed
          asks for {holding.length === 1 ? 'it' : 'them'} again.
          {version === null
            ? null
            : [
                ' ',
                <Link key="evidence" href={makeHref(agent.name, 'evidence')} className="prose-link">
                  Evidence of {agent.displayName}
                </Link>,
              ]}
        </SheetFoot>
      )}
    </Sheet>
  );
}

function Gate({ gate, amendment }: { gate: AmendmentGateDto; amendment: AmendmentDetail }) {
  const { agent, version } = amendment;
  const { word, tone } = STATES[gate.state];
  return (
    <li className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0">
      <div className="flex flex-wrap items-baseline justify-between gap-x-3 gap-y-1">
        <p className="min-w-0 flex-1">
          {gate.reviewId === null ? (
            <span className="font-medium">{gate.gate}</span>
          ) : (
            <Link href={reviewHref(gate.reviewId)} className="prose-link font-medium">
              {gate.gate}
            </Link>
          )}{' '}
          <span className="text-ink-2">{gate.question}</span>
        </p>
        <Tag tone={tone}>{word}</Tag>
      </div>
      <ul className="grid gap-0.5">
        {gate.roles.map((role) => (
          <li key={role.role} className="flex flex-wrap justify-between gap-x-4">
            <span>{role.title}</span>
            <span className={role.signature === null && role.nobody !== null ? 'text-medium' : 'text-ink-2'}>
              <Who role={role} />
            </span>
          </li>
        ))}
      </ul>
      {gate.missing.length === 0 || gate.state === 'passed' ? null : (
        <p className="text-ink-2">
          Needs: <span className="text-medium">{formatList(gate.missing)}</span>
        </p>
      )}
      {gate.carriedOver.length === 0 ? null : (
        <p className="text-ink-2">
          Carried over{version === null ? ', while it is fresh' : ''}: {formatList(gate.carriedOver)}
        </p>
      )}
      {gate.superseded === null ? null : (
        <p className="text-ink-2 [overflow-wrap:anywhere]">
          <s>
            {gate.superseded.signatures.map((signature, at) => (
              <span key={signature.id}>
                {at === 0 ? '' : ', '}
                <SignatureButton id={signature.id} by={signature.person.name}>
                  {signature.person.name}
                </SignatureButton>{' '}
                as {ROLE_IN_WORDS[signature.role]}
              </span>
            ))}
          </s>{' '}
          <Tag>superseded</Tag> signed{' '}
          <Link href={reviewHref(gate.superseded.reviewId)} className="prose-link">
            {versionName(gate.superseded.version)}
          </Link>
        </p>
      )}
      {gate.mayOpen && version !== null && gate.state === 'due' ? (
        <div>
          <OpenReview
            agent={agent}
            next={{
              gate: gate.gate,
              question: gate.question,
              version,
              missing: gate.missing.length,
            }}
          />
        </div>
      ) : gate.state === 'due' && gate.whyNotOpen !== null ? (
        <p className="text-medium">{gate.whyNotOpen}</p>
      ) : null}
    </li>
  );
}

function Who({ role }: { role: RoleDto }) {
  if (role.signature !== null)
    return (
      <>
        {role.signature.person.name} signed, <RelativeTime at={role.signature.signedAt} />
      </>
    );
  const names = role.may.map(({ person, onBehalfOf }) =>
    onBehalfOf === null ? person.name : `${person.name} for ${onBehalfOf.name}`,
  );
  return role.nobody ?? formatList(names).replace(/ and (?=[^,]*$)/, ' or ');
}

/** Before there is anything to sign. */
export function NoGatesYet() {
  return (
    <Sheet title="Who signs again">
      <SheetBody className="text-sm text-ink-2">
        Which gates it must pass follows from what is changed.
      </SheetBody>
    </Sheet>
  );
}
