import Link from 'next/link';
import type { ReactNode } from 'react';
import { clauseHref, runsByScore } from '@/components/runs/links';
import { PILLAR_WORDS, RangeByHand, told } from '@/components/runs/run-score';
import { Dialog } from '@/components/ui/dialog';
import { formatCount, formatDay, formatNumber, formatPercent, plural } from '@/lib/format';
import { type AgentTerm, countsFor } from '@/lib/scoring/agent-terms';
import type { AgentDetail } from '@/lib/services/agents/get-agent';

/** Every figure that went into an agent's score, so that anyone can work it out again. */
export function HowAgentScored({ agent }: { agent: AgentDetail }) {
  const { score, contract, window } = agent;
  if (contract === null) return null;
  const known = score.terms.filter((term) => countsFor(term) > 0);
  const day = (text: string) => formatDay(`${text}T12:00:00Z`, 'UTC');
  return (
    <Dialog
      trigger="How it was worked out"
      size="small"
      title={`Score of ${agent.displayName}`}
      description={`The mean of its pillars by their weight, over its runs from ${day(window.from)} to ${day(window.until)}: the last 30 days, today included, where the workspace is.`}
    >
      <div className="grid gap-4 text-sm">
        {known.length === 0 ? (
          <p className="text-ink-2">Nothing of it is known: it may be anything from 0 to 100.</p>
        ) : (
          <p className="code rounded-sm bg-sunk px-2 py-1.5">
            ({known.map((term) => `${told(term.score)} × ${weightText(countsFor(term))}`).join(' + ')}) ÷{' '}
            {weightText(known.reduce((sum, term) => sum + countsFor(term), 0))} = {told(score.score)}
          </p>
        )}
        <RangeByHand score={score.score} coverage={score.coverage} />
        {score.terms.map((term) => (
          <Term key={term.pillar} term={term}>
            {term.pillar === 'quality' ? (
              <QualityTerm agent={agent} term={term} />
            ) : (
              <MeanTerm agent={agent} term={term} />
            )}
          </Term>
        ))}
        <p className="text-ink-2">
          The weights are those of{' '}
          <Link
            href={clauseHref('quality/score', { agent: agent.name, ofAgent: contract.own, version: null })}
            className="prose-link"
          >
            {contract.own ? `contract v${contract.name}` : 'the workspace defaults'}
          </Link>
          ; where it is silent, 0.5, 0.3 and 0.2. This is not the mean score of its runs, which a day of the
          trend and a version compared show: criteria that no single run tells of count in its quality.
        </p>
      </div>
    </Dialog>
  );
}

/** "0.3", "0.182377": as exact as working it out by hand asks for. */
const weightText = (weight: number) => formatNumber(weight, 6);

function Term({ term, children }: { term: AgentTerm; children: ReactNode }) {
  const { pillar, score, weight, known, of } = term;
  return (
    <section>
      <h3 className="flex justify-between gap-4 font-medium">
        <span>
          {PILLAR_WORDS[pillar]} <span className="font-normal text-ink-2">weight {weightText(weight)}</span>
        </span>
        <span>{told(score)}</span>
      </h3>
      {children}
      {score === null || known === of ? null : (
        <p className="code mt-1 rounded-sm bg-sunk px-2 py-1.5">
          {weightText(weight)} × {weightText(known)} ÷ {weightText(of)} known = {weightText(countsFor(term))}
        </p>
      )}
    </section>
  );
}

/** A mean of what its runs say. */
function MeanTerm({
  agent,
  term: { pillar, score, known, of, sum },
}: {
  agent: AgentDetail;
  term: AgentTerm;
}) {
  if (score === null || sum === null)
    return (
      <p className="text-ink-2">
        {of === 0 ? 'No run has a score.' : `None of ${plural(of, 'run')} measured it.`}
      </p>
    );
  return (
    <p className="text-ink-2">
      The mean of its runs’ {PILLAR_WORDS[pillar].toLowerCase()}s: {formatNumber(sum, 1)} ÷{' '}
      <Link href={runsByScore(agent.name, agent.window)} prefetch={false} className="prose-link">
        {plural(known, 'run')}
      </Link>
      {known === of ? '' : `, of ${formatCount(of)} that have a score`}.
    </p>
  );
}

function QualityTerm({ agent, term: { score, known, of } }: { agent: AgentDetail; term: AgentTerm }) {
  return (
    <p className="text-ink-2">
      {of === 0
        ? 'The contract does not say what good is.'
        : score === null
          ? 'Nothing that the contract calls good is known.'
          : `The mean by weight of what the contract calls good and is known, ${formatPercent(known / of)} of the weight.`}{' '}
      <Link
        href={`/agents/${encodeURIComponent(agent.name)}/quality`}
        prefetch={false}
        className="prose-link"
      >
        {of === 0 ? 'Its quality' : 'Part by part'}
      </Link>
    </p>
  );
}
