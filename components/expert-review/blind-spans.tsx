import { Duration } from '@/components/ui/measure';
import { Tag } from '@/components/ui/tag';
import { formatDuration, plural } from '@/lib/format';
import type { BlindRun, BlindSpan } from '@/lib/services/expert-reviews/get-blind-run';

/** Longer contents are cut until somebody asks for all. */
const SHOWN = 3000;

/** What a run did, step by step, with what went in and came out; nothing of how it was judged. */
export function BlindSpans({ run }: { run: BlindRun }) {
  if (run.spans.length === 0)
    return <p className="px-3.5 py-3 text-sm text-ink-2">Nothing was recorded of what this run did.</p>;
  const left = run.spanCount - run.spans.length;
  return (
    <>
      <ol>
        {run.spans.map((span) => (
          <li key={span.id} className="border-b border-line px-3.5 py-2.5 last:border-b-0">
            <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
              <span className="w-16 flex-none text-xs text-ink-3">
                {formatDuration(Math.max(0, span.offsetMs))}
              </span>
              <span className="min-w-0 font-medium [overflow-wrap:anywhere]">
                {span.tool === null ? span.name : <span className="code">{span.tool}</span>}
              </span>
              <span className="text-sm text-ink-2">{WHAT[span.operation]}</span>
              {span.model === null ? null : <span className="code text-ink-2">{span.model}</span>}
              {span.failed ? <Tag tone="medium">failed</Tag> : null}
              <span className="ml-auto text-xs text-ink-3">
                <Duration ms={span.durationMs} />
              </span>
            </div>
            {span.statusMessage === null ? null : (
              <p className="mt-1 text-sm text-ink-2 [overflow-wrap:anywhere]">{span.statusMessage}</p>
            )}
            <Parts span={span} />
          </li>
        ))}
      </ol>
      {left > 0 ? (
        <p className="border-t border-line px-3.5 py-2.5 text-sm text-ink-2">
          {plural(left, 'further step')} of this run {left === 1 ? 'is' : 'are'} not shown.
        </p>
      ) : null}
    </>
  );
}

const WHAT: Record<BlindSpan['operation'], string> = {
  model: 'model call',
  tool: 'tool call',
  agent: 'agent',
  workflow: 'workflow',
  retrieval: 'look-up',
  embedding: 'embedding',
  other: 'step',
};

function Parts({ span }: { span: BlindSpan }) {
  if (span.parts.length === 0) return null;
  return (
    <dl className="mt-1.5 grid gap-1.5 text-sm">
      {span.parts.map((part, at) => {
        const text = textOf(part.value);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a span never change their order
          <div key={at}>
            <dt className="text-xs text-ink-2">{part.label}</dt>
            <dd>
              {text.length <= SHOWN ? (
                <Content text={text} />
              ) : (
                <>
                  <Content text={`${text.slice(0, SHOWN)}…`} />
                  <details className="mt-1">
                    <summary className="inline-block min-h-6 cursor-pointer text-sm text-ink-2">
                      Show all of it
                    </summary>
                    <Content text={text} />
                  </details>
                </>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

function Content({ text }: { text: string }) {
  return (
    <pre className="code rounded-sm bg-sunk px-2 py-1 whitespace-pre-wrap [overflow-wrap:anywhere]">
      {text}
    </pre>
  );
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}
