import { type ReactNode, useId } from 'react';

/**
 * A bordered section with a title and, at the right, what it is of ("14 spans · 38.2 s").
 * Children sit edge to edge; wrap text in `SheetBody`.
 */
export function Sheet({
  title,
  label,
  actions,
  children,
  className = '',
  tone = 'plain',
}: {
  title?: ReactNode;
  label?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  className?: string;
  tone?: 'plain' | 'critical';
}) {
  const id = useId();
  return (
    <section
      aria-labelledby={title === undefined ? undefined : id}
      className={`min-w-0 overflow-hidden rounded-lg border bg-sheet ${tone === 'critical' ? 'border-critical/40' : 'border-line'} ${className}`}
    >
      {title === undefined ? null : (
        <header className="flex flex-wrap items-center justify-between gap-x-3 gap-y-0.5 border-b border-line px-3.5 py-2.5">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {label === undefined ? null : (
            <div className={`text-xs text-ink-2 ${actions === undefined ? '' : 'mr-auto'}`}>{label}</div>
          )}
          {actions === undefined ? null : <div className="flex gap-2">{actions}</div>}
        </header>
      )}
      {children}
    </section>
  );
}

export function SheetBody({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <div className={`px-3.5 py-3 ${className}`}>{children}</div>;
}

/** A closing line under a table or list. */
export function SheetFoot({ children }: { children: ReactNode }) {
  return <footer className="border-t border-line px-3.5 py-2.5 text-sm text-ink-2">{children}</footer>;
}

/** Names and values in two columns, hairlines between. */
export function FactRows({ rows }: { rows: readonly { name: ReactNode; value: ReactNode; key?: string }[] }) {
  return (
    <dl className="text-sm">
      {rows.map((row, index) => (
        <div
          key={row.key ?? (typeof row.name === 'string' ? row.name : index)}
          className="flex min-h-9 items-center justify-between gap-4 border-b border-line px-3.5 py-2 last:border-b-0"
        >
          <dt className="text-ink-2">{row.name}</dt>
          <dd className="min-w-0 text-right break-words max-md:[&_time]:whitespace-normal">{row.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Two columns on a desk, one on a phone: the matter and what stands beside it. */
export function Columns({ children }: { children: ReactNode }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 lg:grid-cols-[minmax(0,1.65fr)_minmax(0,1fr)]">
      {children}
    </div>
  );
}

export function Stack({ children }: { children: ReactNode }) {
  return <div className="grid min-w-0 content-start gap-5">{children}</div>;
}
