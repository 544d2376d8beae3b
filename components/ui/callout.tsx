import type { ReactNode } from 'react';

const TONE = {
  plain: 'border-line bg-sunk',
  accent: 'border-accent/30 bg-accent-soft',
  low: 'border-low/30 bg-low-soft',
  medium: 'border-medium/30 bg-medium-soft',
  critical: 'border-critical/40 bg-critical-soft',
};

/** Something to know before going on. `alert` is read out at once: for errors after a step. */
export function Callout({
  tone = 'plain',
  title,
  alert = false,
  children,
}: {
  tone?: keyof typeof TONE;
  title?: ReactNode;
  alert?: boolean;
  children?: ReactNode;
}) {
  return (
    <div
      role={alert ? 'alert' : undefined}
      className={`rounded-md border px-3.5 py-2.5 text-ink ${TONE[tone]}`}
    >
      {title === undefined ? null : <p className="font-medium">{title}</p>}
      {children === undefined ? null : <div className="text-sm">{children}</div>}
    </div>
  );
}
