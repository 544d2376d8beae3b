import { formatNumber, formatPercent, plural } from '@/lib/format';
import { type Agreement, LEAST_UNITS } from '@/lib/scoring/agreement';
import type { AgreedOn } from '@/lib/services/expert-reviews/get-agreement';

/** Whether reviewers agree, criterion by criterion and pair by pair. Nothing where nobody rated a run that somebody else rated. */
export function AgreementRows({ agreed }: { agreed: readonly AgreedOn[] }) {
  const compared = agreed.filter(({ agreement }) => agreement.units > 0);
  if (compared.length === 0) return null;
  return (
    <section className="border-t border-line px-3.5 py-3 text-sm">
      <h3 className="font-medium">Do reviewers agree?</h3>
      <ul className="mt-1.5 grid gap-2">
        {compared.map((one) => (
          <li key={one.criterion}>
            <p>{one.statement}</p>
            <p className="text-ink-2">{agreementWords(one.agreement)}</p>
            {one.pairs.length < 2 ? null : (
              <ul className="mt-0.5 text-ink-2">
                {one.pairs.map((pair) => (
                  <li key={pair.people.join()}>
                    {pair.people.join(' and ')}: {agreementWords(pair.agreement)}
                  </li>
                ))}
              </ul>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

const READINGS = {
  reliable: 'they agree',
  tentative: 'they agree somewhat',
  unreliable: 'hardly more than chance: the ratings say little',
} as const;

function agreementWords(agreement: Agreement): string {
  const alike = agreement.alike === null ? '' : `${formatPercent(agreement.alike, 0)} alike`;
  const runs = `over ${plural(agreement.units, 'run')} that two or more rated`;
  if (agreement.state === 'known')
    return `Alpha ${formatNumber(agreement.alpha, 2)}, ${READINGS[agreement.reading]}; ${alike} ${runs}.`;
  return agreement.why === 'too-few'
    ? `${alike} ${runs}; at least ${LEAST_UNITS} are needed to tell agreement from chance.`
    : `${alike} ${runs}; all said the same of every run, which tells nothing of agreement.`;
}
