const LANES = {
  allow: { colour: 'text-ink-2', shape: <circle cx="5" cy="5" r="2.5" /> },
  degrade: { colour: 'text-medium', shape: <path d="M1 2.5h8L5 8.5z" /> },
  escalate: { colour: 'text-high', shape: <path d="M5 1.5l4 6H1z" /> },
  block: { colour: 'text-critical', shape: <rect x="1.5" y="1.5" width="7" height="7" /> },
};
export type Lane = keyof typeof LANES;

/** The answer to a call: its word with a shape of its own, coloured only when something was held back. */
export function LaneTag({ lane, label }: { lane: Lane; label?: string }) {
  const { colour, shape } = LANES[lane];
  return (
    <span className={`inline-flex items-center gap-1.5 whitespace-nowrap ${colour}`}>
      <svg viewBox="0 0 10 10" className="size-2.5 fill-current" aria-hidden="true">
        {shape}
      </svg>
      {label ?? lane}
    </span>
  );
}
