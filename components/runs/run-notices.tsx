import { Callout } from '@/components/ui/callout';
import { formatList, plural } from '@/lib/format';
import type { RunDetail } from '@/lib/services/runs/get-run';

const FAULT_WORDS: Record<string, string> = {
  'negative-duration': 'a span ended before it began; its duration is taken as 0',
  'implausible-time': 'a span’s clock was out of all reason; the time it was received stands in',
  unfinished: 'a span came without an end',
  'truncated-attribute': 'a value was longer than is kept and was cut',
  'nul-replaced': 'NUL bytes were replaced',
  'clock-skew': 'clocks disagreed between spans',
};

/** What a reader must know before trusting what the run shows. */
export function RunNotices({
  run,
  brief = false,
}: {
  run: RunDetail /** Only what bears on the judgement. */;
  brief?: boolean;
}) {
  const unpriced = brief ? 0 : run.unpricedCalls;
  const faults = (brief ? [] : run.faults).map((fault) => FAULT_WORDS[fault] ?? fault);
  const none =
    !run.argumentsMissing &&
    faults.length === 0 &&
    run.unknownTools.length === 0 &&
    unpriced === 0 &&
    run.band !== null &&
    run.contract !== null;
  if (none) return null;
  return (
    <div className="mb-5 grid gap-2">
      {run.band === null ? (
        <Callout title="Decisions only">
          The agent asked before it acted and sent no span, so what it did is not known. This run has no band
          and no score, and counts as neither silent nor paged.
        </Callout>
      ) : null}
      {run.contract === null ? (
        <Callout tone="medium" title="No contract">
          The workspace had no contract when this run began, so nothing of it was judged.
        </Callout>
      ) : null}
      {run.unknownTools.length === 0 ? null : (
        <Callout
          tone="medium"
          title={`${plural(run.unknownTools.length, 'tool')} the contract does not know`}
        >
          <span className="code [overflow-wrap:anywhere]">{run.unknownTools.join(', ')}</span>
        </Callout>
      )}
      {run.argumentsMissing ? (
        <Callout title="Arguments were not recorded">
          At least one tool call came without its arguments: only tool-level clauses could be decided for it.
          Clauses on arguments stay undecided, and are not held against the run.
        </Callout>
      ) : null}
      {unpriced === 0 ? null : (
        <Callout title={`${plural(unpriced, 'model call')} without a price`}>
          Its cost is a lower bound. Enter the price under Settings, Model prices.
        </Callout>
      )}
      {faults.length === 0 ? null : (
        <Callout title="Some spans were mended">What was odd: {formatList(faults)}.</Callout>
      )}
    </div>
  );
}
