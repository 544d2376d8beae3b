import type { RunStatus as Status } from '@/lib/services/runs/run-filters';

export const STATUS_WORDS: Record<Status, string> = {
  running: 'Running',
  paused: 'Paused',
  stopping: 'Stopping',
  stopped: 'Stopped',
  finished: 'Finished',
};
const LOOKS = {
  running: { colour: 'text-accent', shape: <path d="M2.5 1.5v7l6-3.5z" /> },
  paused: { colour: 'text-high', shape: <path d="M2 1.5h2.2v7H2zM5.8 1.5H8v7H5.8z" /> },
  stopping: { colour: 'text-high', shape: <path d="M1.5 1.5h7v7h-7zM3 3v4h4V3z" fillRule="evenodd" /> },
  stopped: { colour: 'text-ink', shape: <rect x="1.5" y="1.5" width="7" height="7" /> },
  finished: { colour: 'text-ink-2', shape: <circle cx="5" cy="5" r="2" /> },
} as const satisfies Record<Status, unknown>;

/** What a run is doing: a word with a shape of its own. */
export function RunStatus({ status }: { status: Status }) {
  const { colour, shape } = LOOKS[status];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${colour}`}>
      <svg viewBox="0 0 10 10" className="size-2.5 fill-current" aria-hidden="true">
        {shape}
      </svg>
      {STATUS_WORDS[status]}
    </span>
  );
}
