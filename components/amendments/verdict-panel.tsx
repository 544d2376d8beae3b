import { LiveRefresh } from '@/components/shell/live-refresh';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet, SheetBody, SheetFoot } from '@/components/ui/sheet';
import { ROUTE_WORDS } from '@/lib/contract/change-row';
import { formatList } from '@/lib/format';
import { VERDICT_WORDS } from '@/lib/lifecycle/verdict';
import type { VerdictStanding } from '@/lib/services/verdicts/get-verdicts';
import type { VerdictDto } from '@/lib/services/verdicts/verdict-facts';
import { GiveVerdict } from './give-verdict';

/** What sponsor and GRC say was wrong, side by side while they differ, and what is settled. */
export function VerdictPanel({ incident, standing }: { incident: number; standing: VerdictStanding }) {
  const { roles, decided, settled, disagree, mayDecide, clause } = standing;
  return (
    <Sheet
      title="Verdict"
      label={
        settled === null ? (
          'not settled'
        ) : (
          <span className="font-medium text-ink">
            {settled.by === 'agreed' ? 'both agree' : 'decided by the head of AI'}
          </span>
        )
      }
    >
      <LiveRefresh topics={['verdict']} />
      <ul className="text-sm">
        {roles.map((role) => (
          <li
            key={role.role}
            className="grid gap-1.5 border-b border-line px-3.5 py-2.5 last:border-b-0 sm:grid-cols-[6rem_minmax(0,1fr)]"
          >
            <span className="text-ink-2">{role.title}</span>
            <div className="grid min-w-0 gap-1.5 [overflow-wrap:anywhere]">
              {role.current === null ? (
                <p className="text-ink-2">
                  {role.nobody ?? `Waits for ${either(role.people.map((person) => person.name))}.`}
                </p>
              ) : (
                <Said verdict={role.current} />
              )}
              {role.earlier.length === 0 ? null : (
                <details className="text-ink-2">
                  <summary className="w-fit min-h-6 rounded-sm hover:text-ink">
                    {role.earlier.length === 1 ? 'Said before' : `Said before, ${role.earlier.length} times`}
                  </summary>
                  <ul className="mt-1 grid gap-2 border-l border-line pl-3">
                    {role.earlier.map((verdict) => (
                      <li key={verdict.id}>
                        <Said verdict={verdict} />
                      </li>
                    ))}
                  </ul>
                </details>
              )}
              {role.mine ? (
                <div>
                  <GiveVerdict
                    incident={incident}
                    speaksAs={role.role}
                    clause={role.current?.clause ?? clause}
                    before={role.current?.cause ?? null}
                  />
                </div>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {decided === null && !mayDecide && !disagree ? null : (
        <SheetBody className="grid gap-1.5 border-t border-line text-sm [overflow-wrap:anywhere]">
          {disagree ? <p className="font-medium text-medium">They do not say the same. Both stand.</p> : null}
          {decided === null ? null : (
            <>
              <p className="text-ink-2">Head of AI</p>
              <Said verdict={decided} />
              {settled?.by === 'decided' ? null : (
                <p className="text-ink-2">Something new was said since, so this decides no more.</p>
              )}
            </>
          )}
          {mayDecide ? (
            <div>
              <GiveVerdict
                incident={incident}
                speaksAs="head-of-ai"
                clause={clause}
                before={decided?.cause ?? null}
              />
            </div>
          ) : null}
        </SheetBody>
      )}
      {settled === null ? null : (
        <SheetFoot>
          {VERDICT_WORDS[settled.cause].title}. That goes back to{' '}
          {ROUTE_WORDS[VERDICT_WORDS[settled.cause].route].title}:{' '}
          {ROUTE_WORDS[VERDICT_WORDS[settled.cause].route].means}.
        </SheetFoot>
      )}
    </Sheet>
  );
}

function Said({ verdict }: { verdict: VerdictDto }) {
  return (
    <div className="grid gap-0.5">
      <p className="font-medium">{VERDICT_WORDS[verdict.cause].title}</p>
      {verdict.clause === null ? null : <p className="code text-ink-2">{verdict.clause}</p>}
      {verdict.note === null ? null : <p className="whitespace-pre-wrap">{verdict.note}</p>}
      <p className="text-ink-2">
        {verdict.person.name}, <RelativeTime at={verdict.at} />
      </p>
    </div>
  );
}

function either(names: readonly string[]): string {
  return formatList(names).replace(/ and (?=[^,]*$)/, ' or ');
}
