import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody } from '@/components/ui/sheet';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { subjectOf } from '@/lib/contract/diff-words';
import { formatList } from '@/lib/format';
import { isLonger } from '@/lib/lifecycle/route-order';
import { VERDICT_WORDS } from '@/lib/lifecycle/verdict';
import type { AmendmentDetail, RouteStepDto } from '@/lib/services/amendments/dto';
import { AnswerLowering, ChooseRoute } from './choose-route';

/** Where it re-enters the lifecycle, which rule or person says so, and what the verdict asked for. */
export function RouteSheet({ amendment }: { amendment: AmendmentDetail }) {
  const {
    route,
    computed,
    changes,
    verdictRoute,
    incidentDetail,
    asked,
    may,
    number,
    steps,
    version,
    widens,
    standsAt,
  } = amendment;
  if (route === null || computed === null)
    return (
      <Sheet title="The way back">
        <SheetBody className="text-sm text-ink-2">
          It is computed from what is changed, by clause: G6, Build or Scoping.
        </SheetBody>
      </Sheet>
    );
  const { title, kind, gates, means } = ROUTE_WORDS[route];
  // G6 is signed in Production only.
  const wanted = amendment.gates.map(({ gate }) => gate);
  const instead = route === 'g6' && !wanted.includes('G6') ? wanted : [];
  const because = changes.filter((change) => change.route === computed);
  const raised = isLonger(route, computed);
  const lowered = isLonger(computed, route);
  return (
    <Sheet
      title="The way back"
      label={raised ? 'raised by a person' : lowered ? 'lowered, GRC consented' : 'computed from the changes'}
    >
      <SheetBody className="grid gap-2 text-sm">
        <p className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
          <strong className="text-lg font-semibold">{title}</strong>
          <span>
            {instead.length === 0
              ? `${kind}: ${gates} ${gates === 'G6' ? 'is' : 'are'} signed again, ${means}.`
              : `${kind}: from Rollout it passes ${formatList(instead)} instead.`}
          </span>
        </p>
        <ul className="grid gap-1">
          {because.slice(0, 3).map((change) => (
            <li key={`${change.clause} ${String(change.before)} ${String(change.after)}`}>
              <span className="font-medium [overflow-wrap:anywhere]">{subjectOf(change.clause)}</span>
              <span className="text-ink-2">
                : {change.why} <span className="code text-ink-3">{change.rule}</span>
              </span>
            </li>
          ))}
        </ul>
        {raised || lowered ? (
          <p className="text-ink-2">The rules computed {ROUTE_WORDS[computed].title}.</p>
        ) : null}
        {incidentDetail?.settled != null && verdictRoute !== null ? (
          <p className={verdictRoute === route ? 'text-ink-2' : 'text-medium'}>
            The verdict on INC-{incidentDetail.number}, “
            {VERDICT_WORDS[incidentDetail.settled].title.toLowerCase()}”,{' '}
            {verdictRoute === route
              ? 'asks for the same.'
              : `asks for ${ROUTE_WORDS[verdictRoute].title} instead.`}
          </p>
        ) : null}
      </SheetBody>
      {version === null || widens.length === 0 || standsAt === null ? null : (
        <SheetBody className="border-t border-line text-sm text-ink-2">
          It does more than narrow what the agent may do now, so it cannot take effect before it is signed,
          not even in an emergency:{' '}
          <span className="code [overflow-wrap:anywhere]">{widens.slice(0, 5).join(', ')}</span>
          {widens.length > 5 ? ` and ${widens.length - 5} more` : ''}.
        </SheetBody>
      )}
      {asked === null ? null : (
        <SheetBody className="grid gap-2 border-t border-line text-sm">
          <p className="font-medium">
            {asked.by?.name ?? 'Somebody'} asks to go back to {ROUTE_WORDS[asked.route].title} only.
          </p>
          {asked.reason === null ? null : <p className="whitespace-pre-wrap">{asked.reason}</p>}
          <p className="text-ink-2">
            Waits for{' '}
            {formatList(asked.people.map((person) => person.name)).replace(/ and (?=[^,]*$)/, ' or ') ||
              'somebody else of GRC'}
            . Until then it goes back to {title}.
          </p>
          {may.consent ? (
            <AnswerLowering number={number} asked={asked} gates={amendment.gatesByRoute[asked.route]} />
          ) : null}
        </SheetBody>
      )}
      {may.write ? (
        <SheetBody className="border-t border-line">
          <ChooseRoute
            number={number}
            route={route}
            computed={computed}
            gatesByRoute={amendment.gatesByRoute}
          />
        </SheetBody>
      ) : null}
      {steps.length === 0 ? null : (
        <details className="border-t border-line px-3.5 py-2.5 text-sm">
          <summary className="min-h-6 w-fit rounded-sm text-ink-2 hover:text-ink">How it was decided</summary>
          <ol className="mt-1.5 grid gap-1.5">
            {steps.map((step) => (
              <li key={step.id} className="[overflow-wrap:anywhere]">
                {step.by?.name ?? 'Countersign'} {STEP_WORDS[step.kind](ROUTE_WORDS[step.route].title)},{' '}
                <span className="text-ink-2">
                  <RelativeTime at={step.at} />
                </span>
                {step.reason === null ? null : (
                  <span className="block whitespace-pre-wrap text-ink-2">{step.reason}</span>
                )}
              </li>
            ))}
          </ol>
        </details>
      )}
    </Sheet>
  );
}

const STEP_WORDS: Readonly<Record<RouteStepDto['kind'], (title: string) => string>> = {
  raised: (title) => `raised it to ${title}`,
  computed: (title) => `set it back to the computed way, ${title}`,
  'lowering-asked': (title) => `asked to lower it to ${title}`,
  consented: (title) => `consented to ${title}`,
  declined: (title) => `did not consent to ${title}`,
};
